import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { Outcome } from '../model/stages.ts';
import { listenHttp } from './http-receiver.ts';
import type { Receiver } from './http-receiver.ts';
import { scripted, STORED } from './testing.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const KEY = 'key-one';

let receiver: Receiver;
let script: ReturnType<typeof scripted>;
let refusals: string[];

beforeEach(async () => {
  script = scripted();
  refusals = [];
  const metrics = { ...SILENT_METRICS, refused: (_: string, reason: string) => void refusals.push(reason) };
  receiver = await listenHttp({
    accept: script.accept,
    metrics,
    log,
    host: '127.0.0.1',
    port: 0,
    keys: [KEY, 'key-two'],
    limits: { bodyBytesMax: 4 * 1024 * 1024, inFlightBytesMax: 6 * 1024 * 1024 },
  });
});
afterEach(async () => {
  await receiver.close();
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly outcome?: Outcome;
}

async function send(asked: Asked): Promise<Response> {
  script.next = asked.outcome ?? STORED;
  const method = asked.method ?? 'POST';
  return await fetch(`http://127.0.0.1:${receiver.port}${asked.path ?? '/v1/traces'}`, {
    method,
    headers: { 'content-type': PROTOBUF, 'x-nightjar-key': KEY, ...asked.headers },
    ...(method === 'POST' ? { body: asked.body ?? 'body' } : {}),
  });
}

const UNAVAILABLE: Outcome = { kind: 'unavailable', reason: 'journal_full', retryAfterSeconds: 5 };
const ROWS: readonly (readonly [string, Asked, number])[] = [
  ['protobuf', {}, 200],
  ['JSON with a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }, 200],
  ['logs', { path: '/v1/logs' }, 200],
  ['metrics with a query string', { path: '/v1/metrics?x=1' }, 200],
  ['an empty body', { body: '' }, 200],
  ['the other key, as bearer', { headers: { 'x-nightjar-key': '', authorization: 'Bearer key-two' } }, 200],
  ['a key under the usual name', { headers: { 'x-nightjar-key': '', 'api-key': KEY } }, 200],
  ['a path that is not there', { path: '/v1/profiles' }, 404],
  ['GET', { method: 'GET' }, 405],
  ['PUT', { method: 'PUT' }, 405],
  ['no key', { headers: { 'x-nightjar-key': '' } }, 401],
  ['a wrong key', { headers: { 'x-nightjar-key': 'key-three' } }, 401],
  ['a key in the query', { path: `/v1/traces?key=${KEY}`, headers: { 'x-nightjar-key': '' } }, 401],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415],
  ['no type', { headers: { 'content-type': '' } }, 415],
  ['another encoding', { headers: { 'content-encoding': 'br' } }, 415],
  ['encodings in a row', { headers: { 'content-encoding': 'gzip, gzip' } }, 415],
  ['something undecodable', { outcome: { kind: 'undecodable', message: 'no' } }, 400],
  ['gzip that is none', { headers: { 'content-encoding': 'gzip' } }, 400],
  ['zstd that is none', { headers: { 'content-encoding': 'zstd' } }, 400],
  ['a full journal', { outcome: UNAVAILABLE }, 503],
  ['a body that is too long', { body: Buffer.alloc(4 * 1024 * 1024 + 1) }, 413],
];

it.each(ROWS)('answers %s', async (_, asked, status) => {
  const response = await send(asked);
  expect(response.status).toBe(status);
  await response.arrayBuffer();
});

describe('the answer', () => {
  it('is in the format of the request', async () => {
    const outcome: Outcome = { kind: 'undecodable', message: 'no' };
    const json = await send({ outcome, headers: { 'content-type': JSON_TYPE } });
    expect([json.headers.get('content-type'), await json.json()]).toEqual([
      JSON_TYPE,
      { code: 3, message: 'no' },
    ]);
    const protobuf = await send({ outcome });
    expect(protobuf.headers.get('content-type')).toBe(PROTOBUF);
    expect(Buffer.from(await protobuf.arrayBuffer())).toEqual(Buffer.from([8, 3, 18, 2, 0x6e, 0x6f]));
  });

  it('is empty for a success, and tells of a partial one', async () => {
    expect((await (await send({})).arrayBuffer()).byteLength).toBe(0);
    const outcome: Outcome = { kind: 'stored', accepted: 1, rejected: 300, message: 'x' };
    const protobuf = Buffer.from(await (await send({ outcome })).arrayBuffer());
    expect(protobuf).toEqual(Buffer.from([10, 6, 8, 0xac, 2, 18, 1, 0x78]));
    const json = await send({ outcome, path: '/v1/logs', headers: { 'content-type': JSON_TYPE } });
    expect(await json.json()).toEqual({ partialSuccess: { rejectedLogRecords: '300', errorMessage: 'x' } });
  });

  it('says when to try again, what is allowed, and how to identify oneself', async () => {
    expect((await send({ outcome: UNAVAILABLE })).headers.get('retry-after')).toBe('5');
    expect((await send({ method: 'GET' })).headers.get('allow')).toBe('POST');
    expect((await send({ headers: { 'x-nightjar-key': '' } })).headers.get('www-authenticate')).toBe(
      'Bearer',
    );
  });

  it('never lets a browser of another site in', async () => {
    const response = await send({ headers: { origin: 'http://evil.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

const ENCODERS: readonly (readonly [string, (body: Buffer) => Buffer])[] = [
  ['gzip', (body) => gzipSync(body)],
  ['deflate', (body) => deflateSync(body)],
  ['zstd', (body) => zstdCompressSync(body)],
];

describe.each(ENCODERS)('%s', (encoding, encode) => {
  const headers = { 'content-encoding': encoding };

  it('is inflated', async () => {
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    expect((await send({ headers, body: encode(body) })).status).toBe(200);
    expect(Buffer.compare(script.seen[0]?.body ?? Buffer.alloc(0), body)).toBe(0);
  });

  it('is a bomb: refused before it is big', async () => {
    const bomb = encode(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect((await send({ headers, body: bomb })).status).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
    expect([refusals, script.seen]).toEqual([['too_large'], []]);
  });
});

it('refuses what does not fit in hand, and takes it when there is room again', async () => {
  const waiting = Promise.withResolvers<undefined>();
  const { accept } = script;
  const slow = await listenHttp({
    accept: async (request) => {
      await waiting.promise;
      return await accept(request);
    },
    metrics: SILENT_METRICS,
    log,
    host: '127.0.0.1',
    port: 0,
    keys: [],
    limits: { inFlightBytesMax: 1000 },
  });
  const post = async (): Promise<Response> =>
    await fetch(`http://127.0.0.1:${slow.port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF },
      body: Buffer.alloc(700),
    });
  const first = post();
  await expect.poll(async () => (await post()).status).toBe(503);
  const refused = await post();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  waiting.resolve(undefined);
  expect((await first).status).toBe(200);
  expect((await post()).status).toBe(200);
  await slow.close();
});

it('ends a connection whose headers do not come', async () => {
  const socket = connect(receiver.port, '127.0.0.1');
  const slow = await listenHttp({
    accept: script.accept,
    metrics: SILENT_METRICS,
    log,
    host: '127.0.0.1',
    port: 0,
    keys: [],
    limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
  });
  const lazy = connect(slow.port, '127.0.0.1');
  lazy.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\n');
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    lazy.on('data', (chunk: Buffer) => (text += chunk.toString()));
    lazy.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 408/);
  socket.destroy();
  await slow.close();
});
