import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import { createOtlpSender } from './otlp-sender.ts';
import type { OtlpSender } from './otlp-sender.ts';

const open: { server: Server; sender: OtlpSender }[] = [];

afterEach(() => {
  for (const { server, sender } of open.splice(0)) {
    sender.close();
    server.close();
    server.closeAllConnections();
  }
});

type Answer = (response: ServerResponse, attempt: number) => void;

interface Bench {
  readonly sender: OtlpSender;
  readonly seen: { readonly headers: IncomingMessage['headers']; readonly body: Buffer }[];
}

async function bench(answer: Answer, timeoutMs = 2_000): Promise<Bench> {
  const seen: Bench['seen'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: Buffer.concat(chunks) });
      answer(response, seen.length);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sender = createOtlpSender(
    {
      isOn: true,
      url: `http://127.0.0.1:${port}/v1/traces`,
      headers: { authorization: 'key' },
      timeoutMs,
      isGzip: true,
    },
    'test/1',
  );
  open.push({ server, sender });
  return { sender, seen };
}

function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end();
}

it('posts gzipped protobuf with the given headers', async () => {
  const { sender, seen } = await bench(status(200));
  expect(await sender.send(Buffer.from('bytes'))).toBe('delivered');
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'key',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    'user-agent': 'test/1',
  });
  expect(gunzipSync(seen[0]?.body ?? '').toString()).toBe('bytes');
});

it.each([400, 401, 404, 413, 500])('does not retry %i', async (code) => {
  const { sender, seen } = await bench(status(code));
  expect(await sender.send(Buffer.from('x'))).toBe('rejected');
  expect(seen).toHaveLength(1);
});

it.each([429, 502, 503, 504])('retries %i after the pause that the server asks for', async (code) => {
  const { sender, seen } = await bench((response, attempt) =>
    attempt === 1 ? status(code, { 'retry-after': '0' })(response, attempt) : status(200)(response, attempt),
  );
  expect(await sender.send(Buffer.from('x'))).toBe('delivered');
  expect(seen).toHaveLength(2);
});

it('gives up when the pause would pass the deadline', async () => {
  const { sender, seen } = await bench(status(503, { 'retry-after': '60' }));
  expect(await sender.send(Buffer.from('x'))).toBe('unreachable');
  expect(seen).toHaveLength(1);
});

it('gives up on a server that never answers', async () => {
  const { sender } = await bench(() => undefined, 60);
  expect(await sender.send(Buffer.from('x'))).toBe('unreachable');
});

it('takes the status of an endless reply and hangs up', async () => {
  const { sender } = await bench((response) => {
    response.writeHead(200);
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
    };
    response.on('drain', write);
    write();
  });
  expect(await sender.send(Buffer.from('x'))).toBe('delivered');
});

it('tries once and no more when the process is ending', async () => {
  const { sender, seen } = await bench(status(503));
  const outcome = sender.send(Buffer.from('x'));
  sender.stopRetrying();
  expect(await outcome).toBe('unreachable');
  expect(seen).toHaveLength(1);
});

it('answers at once when it is closed', async () => {
  const { sender } = await bench(() => undefined, 60_000);
  const outcome = sender.send(Buffer.from('x'));
  sender.close();
  expect(await outcome).toBe('unreachable');
  expect(await sender.send(Buffer.from('x'))).toBe('unreachable');
});

it('answers for an address that nobody listens on', async () => {
  const { sender } = await bench(status(200));
  sender.close();
  const dead = createOtlpSender(
    { isOn: true, url: 'http://127.0.0.1:9/', headers: {}, timeoutMs: 50, isGzip: false },
    'test/1',
  );
  expect(await dead.send(Buffer.from('x'))).toBe('unreachable');
  dead.close();
});

it('knows what nobody has got: all that is not wholly on the wire, and what waits for its next attempt', async () => {
  const body = Buffer.from('bytes');
  const answers: ServerResponse[] = [];
  const { sender, seen } = await bench((response) => void answers.push(response));
  const outcome = sender.send(body);
  expect(sender.unsent()).toEqual([body]);
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect(sender.unsent()).toEqual([]);
  answers[0]?.writeHead(503).end();
  await vi.waitFor(() => expect(sender.unsent()).toEqual([body]));
  await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 2_000 });
  expect(sender.unsent()).toEqual([]);
  answers[1]?.writeHead(200).end();
  expect(await outcome).toBe('delivered');
  expect(sender.unsent()).toEqual([]);
});
