import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder } from '../decode/decoder.ts';
import { openJournal } from '../journal/journal.ts';
import type { Journal } from '../journal/journal.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import { createNormaliser } from '../normalise/normaliser.ts';
import { listenHttp } from '../receive/http-receiver.ts';
import type { Receiver } from '../receive/http-receiver.ts';
import { openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createWriter } from './writer.ts';
import type { Writer } from './writer.ts';

// The stages as they are composed, from a socket to the tables of a real engine.

const log = { info: () => {}, warn: () => {}, error: () => {} };
const HOSTILE = [
  '__proto__',
  'constructor',
  'constructor.prototype.x',
  'a.__proto__.b',
  "'; DROP TABLE spans; --",
];
let storage: Storage;
let directory: string;
let journal: Journal;
let writer: Writer;
let receiver: Receiver;

beforeAll(async () => {
  storage = await openTestStorage();
  directory = await mkdtemp(join(tmpdir(), 'nightjar-ingest-'));
  writer = createWriter({ storage, metrics: SILENT_METRICS, log });
  journal = await openJournal({
    directory: join(directory, 'journal'),
    deliver: writer.deliver,
    metrics: SILENT_METRICS,
    log,
  });
  const sink = createNormaliser({ store: journal, salt: Buffer.from('salt') });
  const accept = createDecoder({ sink, metrics: SILENT_METRICS });
  receiver = await listenHttp({ accept, metrics: SILENT_METRICS, log, host: '127.0.0.1', port: 0, keys: [] });
});
afterAll(async () => {
  await receiver.close();
  await journal.close(5000);
  await writer.stop();
  await storage.close();
  await rm(directory, { recursive: true, force: true });
});

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${receiver.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(body)),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

async function rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const row = z.record(z.string(), z.unknown());
  return await storage.query({ name: 'test.rows', sql, params: z.object({}), row }, {});
}

const nowNs = (): string => `${Date.now()}000000`;
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const resource = { attributes: [text('service.name', 'shop'), text('host.name', 'h1')] };

function traces(name: string, ids: readonly number[]): object {
  const spans = ids.map((id) => ({
    traceId: '0123456789abcdef0123456789ABCDEF',
    spanId: id.toString(16).padStart(16, '0'),
    name,
    kind: 2,
    startTimeUnixNano: nowNs(),
    endTimeUnixNano: nowNs(),
    attributes: HOSTILE.map((key) => text(key, key)),
  }));
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans }] }] };
}

it('takes spans to the table, once, with their resource', async () => {
  expect(await post('/v1/traces', traces('first', [1, 2]))).toEqual({});
  await post('/v1/traces', traces('first', [3]));
  expect(await journal.flush(5000)).toBe(true);
  expect(
    await rows(
      "SELECT count() AS spans, uniqExact(resource_id) AS resources FROM spans WHERE name = 'first'",
    ),
  ).toEqual([{ spans: 3, resources: 1 }]);
  const stored = await rows(
    'SELECT r.service AS service, r.attributes AS attributes, s.attributes_string AS strings FROM spans AS s INNER JOIN resources AS r ON r.resource_id = s.resource_id LIMIT 1',
  );
  expect(stored[0]).toMatchObject({
    service: 'shop',
    attributes: { 'service.name': 'shop', 'host.name': 'h1' },
  });
  expect(Object.keys(stored[0]?.['strings'] ?? {}).sort()).toEqual([...HOSTILE].sort());
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

it('takes logs and metrics to their tables', async () => {
  const logRecords = [
    {
      timeUnixNano: nowNs(),
      severityNumber: 9,
      body: { stringValue: 'hello' },
      attributes: [text('db.statement', "SELECT 'x'")],
    },
  ];
  await post('/v1/logs', {
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'lib' }, logRecords }] }],
  });
  const point = {
    timeUnixNano: nowNs(),
    asInt: '41',
    attributes: [text('messaging.destination.name', 'mail')],
  };
  const metrics = [
    {
      name: 'nightjar.queue.depth',
      unit: '{job}',
      gauge: { dataPoints: [point, { ...point, asInt: undefined, asDouble: 'NaN' }] },
    },
  ];
  expect(await post('/v1/metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] })).toEqual(
    {
      partialSuccess: { rejectedDataPoints: '1', errorMessage: 'not_finite: 1' },
    },
  );
  expect(await journal.flush(5000)).toBe(true);
  expect(await rows('SELECT service, body, severity_number, attributes_string FROM logs LIMIT 9')).toEqual([
    { service: 'shop', body: 'hello', severity_number: 9, attributes_string: { 'db.statement': 'SELECT ?' } },
  ]);
  expect(
    await rows('SELECT service, name, value, queue, toString(type) AS type FROM metric_points LIMIT 9'),
  ).toEqual([{ service: 'shop', name: 'nightjar.queue.depth', value: 41, queue: 'mail', type: 'gauge' }]);
});

it('stores a segment once that a crash makes it insert twice, in the views too', async () => {
  const held = await mkdtemp(join(directory, 'held-'));
  const waiting = await openJournal({ directory: held, deliver: () => {}, metrics: SILENT_METRICS, log });
  const accept = createDecoder({
    sink: createNormaliser({ store: waiting, salt: Buffer.from('salt') }),
    metrics: SILENT_METRICS,
  });
  const body = Buffer.from(JSON.stringify(traces('replayed', [11, 12, 13])));
  expect(await accept({ signal: 'traces', format: 'json', body })).toMatchObject({ kind: 'stored' });
  await waiting.close(0);
  for (const copy of ['one', 'two']) {
    // Each copy is the disk of a collector that was killed before it could delete what it had inserted.
    await cp(held, join(directory, copy), { recursive: true });
    const again = await openJournal({
      directory: join(directory, copy),
      deliver: writer.deliver,
      metrics: SILENT_METRICS,
      log,
    });
    expect(await again.close(5000)).toBe(true);
    expect(await readdir(join(directory, copy, 'spans'))).toEqual([]);
  }
  expect(await rows("SELECT count() AS spans FROM spans WHERE name = 'replayed'")).toEqual([{ spans: 3 }]);
  expect(await rows("SELECT count() AS requests FROM requests WHERE operation = 'replayed'")).toEqual([
    { requests: 3 },
  ]);
  expect(
    await rows("SELECT sum(samples) AS samples FROM operation_minutes WHERE operation = 'replayed'"),
  ).toEqual([{ samples: 3 }]);
});
