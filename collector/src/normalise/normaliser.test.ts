import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder } from '../decode/decoder.ts';
import { jsonToProtobuf } from '../decode/json-to-protobuf.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import type { Unavailable } from '../model/stages.ts';
import { createBlocks } from '../model/tables.ts';
import { openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createNormaliser } from './normaliser.ts';
import { REWRITE_AFTER_MS } from './resources.ts';
import { ROLE } from './rules.ts';
import type { NormaliseRule } from './rules.ts';

let storage: Storage;
let directory: string;
beforeAll(async () => {
  storage = await openTestStorage();
  directory = await mkdtemp(join(tmpdir(), 'nightjar-normaliser-'));
});
afterAll(async () => {
  await storage.close();
  await rm(directory, { recursive: true, force: true });
});

function pipeline(rules: readonly NormaliseRule[] = []) {
  const blocks = createBlocks();
  const clock = { nowMs: Date.UTC(2026, 5, 1) };
  const disk: { failure: Unavailable | undefined } = { failure: undefined };
  const store = {
    blocks,
    refusal: () => undefined,
    commit: async () => await Promise.resolve(disk.failure),
  };
  const sink = createNormaliser({ store, salt: Buffer.from('salt'), now: () => clock.nowMs, rules });
  return { blocks, clock, disk, accept: createDecoder({ sink, metrics: SILENT_METRICS }) };
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

function traces(host: string, attributes: readonly object[] = []): Buffer {
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'GET /books/12',
    kind: 2,
    startTimeUnixNano: '1780000000000000000',
    attributes: [
      text('http.method', 'GET'),
      text('db.statement', "SELECT 'x'"),
      text('url.full', 'http://a/b?c=d'),
      ...attributes,
    ],
    events: [{ name: 'e', attributes: [text('k', 'v')] }],
    links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: [text('k', 'v')] }],
    traceState: 'ot=th:8',
    status: { code: 2, message: 'no' },
  };
  const resource = { attributes: [text('service.name', 'shop'), text('host.name', host)] };
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans: [span] }] }],
    }),
  );
}

it('whatever bytes come, the rows that are kept are whole', async () => {
  const { blocks, accept } = pipeline();
  const seed = jsonToProtobuf('traces', traces('h'));
  const mutation = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(mutation, async (changes) => {
      const body = Buffer.from(seed);
      for (const [at, byte] of changes) body[at] = byte;
      const { kind } = await accept({ signal: 'traces', format: 'protobuf', body });
      expect(['stored', 'undecodable']).toContain(kind);
    }),
    { numRuns: 1500 },
  );
  const kept = blocks.spans.rows;
  expect(kept).toBeGreaterThan(100);
  const path = join(directory, 'spans.native');
  await writeFile(path, blocks.spans.encode());
  await storage.insertSegment({ table: 'spans', path, columns: blocks.spans.names, token: 'fuzz' });
  const query = {
    name: 'test.count',
    sql: 'SELECT count() AS spans FROM spans',
    params: z.object({}),
    row: z.object({ spans: z.number() }),
  };
  expect((await storage.query(query, {}))[0]?.spans).toBe(kept);
});

it('writes a resource once, and again when it may have been lost or has become old', async () => {
  const { blocks, clock, disk, accept } = pipeline();
  const send = async (host: string): Promise<number> => {
    await accept({ signal: 'traces', format: 'json', body: traces(host) });
    const rows = blocks.resources.rows;
    blocks.resources.reset();
    return rows;
  };
  expect([await send('a'), await send('a'), await send('b'), await send('a')]).toEqual([1, 0, 1, 0]);
  disk.failure = { kind: 'unavailable', reason: 'journal_failed', retryAfterSeconds: 1 };
  expect([await send('c'), await send('c')]).toEqual([1, 1]);
  disk.failure = undefined;
  expect([await send('c'), await send('c')]).toEqual([1, 0]);
  clock.nowMs += REWRITE_AFTER_MS;
  expect([await send('a'), await send('a')]).toEqual([1, 0]);
});

it('takes back what a broken request had begun', async () => {
  const { blocks, accept } = pipeline();
  const whole = jsonToProtobuf('traces', traces('a'));
  const broken = Buffer.concat([whole, Buffer.from([10, 200, 1, 1])]);
  expect((await accept({ signal: 'traces', format: 'protobuf', body: broken })).kind).toBe('undecodable');
  expect([blocks.spans.rows, blocks.resources.rows]).toEqual([0, 0]);
  expect((await accept({ signal: 'traces', format: 'protobuf', body: whole })).kind).toBe('stored');
  expect([blocks.spans.rows, blocks.resources.rows]).toEqual([1, 1]);
});

it('follows rules of one own before those it has', async () => {
  const { blocks, accept } = pipeline([{ from: 'acme.endpoint', role: ROLE.httpRoute, treatment: 'move' }]);
  await accept({ signal: 'traces', format: 'json', body: traces('a', [text('acme.endpoint', '/own/:id')]) });
  expect(blocks.spans.encode().includes('GET /own/:id')).toBe(true);
  expect(blocks.spans.encode().includes('acme.endpoint')).toBe(false);
});
