import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { errorSchema } from '../contract/index.ts';
import { closeApis, openApi } from './testing.ts';

afterEach(closeApis);

it.each([
  [
    'a head that is too large',
    `GET /api/v1/services?x=${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    431,
    'head_too_large',
  ],
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
])('answers %s in the form of every other error', async (_name, sent, status, code) => {
  const { app } = await openApi();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  const { error } = errorSchema.parse(JSON.parse(body));
  expect(error.code).toBe(code);
  expect(error.remedy).not.toBe('');
});
