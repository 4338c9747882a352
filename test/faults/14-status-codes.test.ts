import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { isRecord } from '../support/process.ts';
import { openPipeline } from './support/pipeline.ts';
import type { Pipeline } from './support/pipeline.ts';

const KEY = 'a-key-of-some-length';
const PROTOBUF = 'application/x-protobuf';
const BODY_BYTES_MAX = 1024 * 1024;
const dir = tempDir('status');
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline({
    directory: dir.path,
    keys: [KEY],
    receive: { bodyBytesMax: BODY_BYTES_MAX },
  });
});
afterAll(async () => {
  await pipeline.close();
  dir.remove();
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

// OTLP 1.x and google.rpc.Code: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
const ROWS: readonly (readonly [string, Asked, number, number])[] = [
  ['garbage', { body: Buffer.from('not a message at all') }, 400, 3],
  ['a message that is cut', { body: Buffer.from([0x0a, 0x7f, 1, 2]) }, 400, 3],
  ['gzip that is none', { headers: { 'content-encoding': 'gzip' }, body: Buffer.from('x') }, 400, 3],
  ['no key', { headers: { 'x-nightjar-key': '' } }, 401, 16],
  ['a wrong key', { headers: { 'x-nightjar-key': `${KEY}x` } }, 401, 16],
  ['another path', { path: '/v1/profiles' }, 404, 5],
  ['another method', { method: 'PUT' }, 405, 12],
  ['too much, plain', { body: Buffer.alloc(BODY_BYTES_MAX + 1) }, 413, 8],
  [
    'too much, inflated',
    { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(2 * BODY_BYTES_MAX)) },
    413,
    8,
  ],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415, 3],
  ['another encoding', { headers: { 'content-encoding': 'br' } }, 415, 3],
];

async function send(asked: Asked): Promise<Response> {
  return await fetch(`${pipeline.url}${asked.path ?? '/v1/traces'}`, {
    method: asked.method ?? 'POST',
    headers: { 'content-type': PROTOBUF, 'x-nightjar-key': KEY, ...asked.headers },
    body: Buffer.from(asked.body ?? []),
  });
}

it.each(ROWS)('answers %s with its status, and a google.rpc.Status', async (_, asked, status, code) => {
  const response = await send(asked);
  const body = Buffer.from(await response.arrayBuffer());
  expect(response.status).toBe(status);
  const isJson = response.headers.get('content-type') === 'application/json';
  expect(isJson).toBe(asked.headers?.['content-type'] !== undefined);
  expect(isJson ? codeOfJson(body) : codeOf(body)).toBe(code);
});

/** google.rpc.Status: field 1, varint, the code; field 2, text, the message, which ends the body. */
function codeOf(body: Buffer): number | undefined {
  const isWhole = body[0] === 8 && body[2] === 18 && body.length === 4 + (body[3] ?? 0);
  return isWhole ? body[1] : undefined;
}

function codeOfJson(body: Buffer): unknown {
  const status: unknown = JSON.parse(body.toString());
  return isRecord(status) ? status['code'] : undefined;
}

it('keeps nothing of what it refused, and takes what is right afterwards', async () => {
  expect((await send({})).status).toBe(200);
  expect(await pipeline.journal.flush(5_000)).toBe(true);
  expect(await pipeline.rows('SELECT count() AS n FROM spans')).toEqual([{ n: 0 }]);
});
