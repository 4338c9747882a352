import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FINDING_EVENT, FINDING_JSON } from '../attributes.ts';
import type { Finding } from '../detect/types.ts';
import type { SentSpan } from './otlp-decode.ts';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { startDatabase } from './pglite-server.ts';
import type { DatabaseServer } from './pglite-server.ts';
import { startApp } from './run-app.ts';
import type { RunningApp } from './run-app.ts';

let receiver: OtlpReceiver;
let database: DatabaseServer;
let apps: RunningApp[] = [];
let esm: RunningApp;
let commonJs: RunningApp;

beforeAll(async () => {
  [receiver, database] = await Promise.all([startReceiver(), startDatabase()]);
  const env = {
    DATABASE_URL: database.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_BLRP_SCHEDULE_DELAY: '50',
    OTEL_METRIC_EXPORT_INTERVAL: '300',
  };
  apps = [esm, commonJs] = await Promise.all([
    startApp('orders.mts', { env }),
    startApp('orders.cjs', { env }),
  ]);
}, 90_000);

afterAll(async () => {
  await Promise.all(apps.map(async (app) => await app.end()));
  await Promise.all([receiver.close(), database.close()]);
});

async function entrySpan(app: RunningApp, path: string): Promise<SentSpan> {
  const response = await fetch(app.url + path);
  await response.text();
  return await vi.waitFor(
    () => {
      const entry = receiver.spans.find((span) => span.kind === 2 && span.attributes['url.path'] === path);
      if (entry === undefined) throw new Error(`no entry span of ${path} yet`);
      return entry;
    },
    { timeout: 12_000, interval: 20 },
  );
}

function findingsOf(span: SentSpan): Finding[] {
  return span.events
    .filter(({ name }) => name === FINDING_EVENT)
    .map(({ attributes }) => JSON.parse(String(attributes[FINDING_JSON])));
}

function lineOf(file: string, text: string): number {
  const source = readFileSync(new URL(`../../test-apps/${file}`, import.meta.url), 'utf8');
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

it.each([
  ['/loop', 'GET /loop', '// pool in a loop'],
  ['/client', 'GET /client', '// client, literals'],
  ['/parallel', 'GET /parallel', '// parallel'],
  ['/drizzle', 'GET /drizzle', '// drizzle select'],
  ['/drizzle-parallel', 'GET /drizzle-parallel', '// drizzle select'],
  ['/drizzle-relation', 'GET /drizzle-relation', '// drizzle relation'],
])('ESM: %s is counted and named with its line', async (path, operation, marker) => {
  const entry = await entrySpan(esm, path);
  expect(entry.name).toBe(operation);
  expect(entry.attributes).toMatchObject({
    'nightjar.db.query_count': 8,
    'nightjar.db.statement_count': 1,
    'nightjar.finding.count': 1,
  });
  expect(entry.attributes['nightjar.db.duration_ms']).toBeGreaterThan(0);
  expect(findingsOf(entry)).toMatchObject([
    {
      kind: 'n_plus_one',
      count: 8,
      operation,
      callSite: { file: 'orders.mts', line: lineOf('orders.mts', marker) },
    },
  ]);
});

it('CommonJS: counted and named with its line', async () => {
  const entry = await entrySpan(commonJs, '/orders/1');
  expect(entry.name).toBe('GET /orders/:id');
  expect(entry.attributes).toMatchObject({ 'http.route': '/orders/:id', 'nightjar.db.query_count': 6 });
  expect(findingsOf(entry)).toMatchObject([
    {
      kind: 'n_plus_one',
      count: 6,
      callSite: { file: 'orders.cjs', line: lineOf('orders.cjs', '// cjs loop') },
    },
  ]);
});

it('names an N+1 over HTTP, continues its trace in the callee and keeps query values in the process', async () => {
  const entry = await entrySpan(esm, '/fetch');
  expect(entry.attributes).toMatchObject({ 'nightjar.db.query_count': 0 });
  expect(findingsOf(entry)).toMatchObject([
    {
      kind: 'n_plus_one',
      count: 8,
      callSite: { file: 'orders.mts', line: lineOf('orders.mts', '// fetch loop') },
    },
  ]);
  const callees = receiver.spans.filter(
    (span) => span.kind === 2 && span.attributes['http.route'] === '/item/:id',
  );
  expect(callees).toHaveLength(8);
  expect(new Set(callees.map(({ traceId }) => traceId))).toEqual(new Set([entry.traceId]));
  expect(JSON.stringify(receiver.spans).includes('hush')).toBe(false);
});

it('has no finding where there is none', async () => {
  const batched = await entrySpan(esm, '/batched');
  expect(batched.attributes).toMatchObject({
    'nightjar.db.query_count': 1,
    'nightjar.db.statement_count': 1,
  });
  const none = await entrySpan(esm, '/none');
  expect(none.attributes).toMatchObject({ 'nightjar.db.query_count': 0, 'nightjar.db.duration_ms': 0 });
  expect([...batched.events, ...none.events]).toEqual([]);
});

it('masks literals, tells repeats apart and makes no noise', async () => {
  const entry = await entrySpan(esm, '/client');
  const queries = receiver.spans.filter((span) => span.traceId === entry.traceId && span.kind === 3);
  expect(new Set(queries.map(({ attributes }) => attributes['db.query.text']))).toEqual(
    new Set(['SELECT name FROM authors WHERE id = ?']),
  );
  expect(new Set(queries.map(({ attributes }) => attributes['nightjar.db.parameter_hash'])).size).toBe(8);
  const families = new Set(receiver.spans.map(({ name }) => name.split(' ', 1)[0]));
  expect(families).toEqual(new Set(['GET', 'pg.query:SELECT', 'request']));
});

it('names the service, ships logs with their trace, and reports the runtime', async () => {
  const entry = await entrySpan(esm, '/item/7');
  expect(entry.resource).toMatchObject({
    'service.name': '@acme/orders',
    'service.version': '2.7.1',
    'telemetry.distro.name': 'nightjar',
  });
  await vi.waitFor(
    () => {
      const line = receiver.logs.find(({ body }) => body === 'item asked for');
      expect(line?.traceId).toBe(entry.traceId);
      const metrics = new Set(receiver.points.map(({ metric }) => metric));
      expect([...metrics]).toEqual(
        expect.arrayContaining(['nodejs.eventloop.utilization', 'v8js.memory.heap.used']),
      );
    },
    { timeout: 12_000, interval: 50 },
  );
});

it('marks the entry span of a failed request', async () => {
  const entry = await entrySpan(esm, '/boom');
  expect(entry).toMatchObject({
    name: 'GET /boom',
    statusCode: 2,
    attributes: { 'http.response.status_code': 500 },
  });
});
