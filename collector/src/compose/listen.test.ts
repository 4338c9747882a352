import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listenOn } from './listen.ts';

const endpoint = { host: '127.0.0.1', port: 4318, setting: 'NIGHTJAR_OTLP_HTTP_PORT' };

async function failWith(cause: unknown) {
  return await listenOn(endpoint, async () => {
    throw cause;
  }).catch((error: unknown) => error);
}

it.each([
  ['EADDRINUSE', 'port_in_use', 'NIGHTJAR_OTLP_HTTP_PORT=4318: 127.0.0.1:4318 is in use by another process'],
  ['EACCES', 'config_invalid', 'use a port above 1023'],
  ['EADDRNOTAVAIL', 'config_invalid', 'NIGHTJAR_HOST=127.0.0.1: this machine has no such address'],
])('puts %s in terms of the setting, as a code and in words', async (errno, code, message) => {
  const expected = { code, message: expect.stringContaining(message) };
  expect(await failWith(Object.assign(new Error('x'), { code: errno }))).toMatchObject(expected);
  expect(
    await failWith(new Error(`No address added out of total 1 resolved errors: [listen ${errno}]`)),
  ).toMatchObject(expected);
});

it('leaves other errors as they are, and results alone', async () => {
  const other = new TypeError('x');
  expect(await failWith(other)).toBe(other);
  expect(await listenOn(endpoint, async () => 5)).toBe(5);
});

it('recognises a port that is really taken', async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => first.once('listening', resolve));
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = createServer();
  const failed = listenOn({ ...endpoint, port }, async () => {
    await new Promise<void>((resolve, reject) => {
      second.once('error', reject);
      second.listen(port, '127.0.0.1', resolve);
    });
  });
  await expect(failed).rejects.toMatchObject({ code: 'port_in_use', exitCode: 69 });
  await new Promise((resolve) => first.close(resolve));
});
