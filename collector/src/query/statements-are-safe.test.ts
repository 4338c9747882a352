import { signal } from '@nightjar/alerts/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statementFaults } from '../storage/guard.ts';
import type { Storage } from '../storage/types.ts';
import {
  createMetricSource,
  listFindings,
  listLogs,
  listMetrics,
  listOperations,
  listQueues,
  listReleases,
  listServices,
  listStatements,
  listTraces,
  readDoctor,
  readFinding,
  readMetricSeries,
  readService,
  readSpanTimes,
  readTrace,
  type QueryContext,
} from './index.ts';
import { listDefaults, nowMs, openSeededStorage, traceId } from './testing.ts';

let seeded: QueryContext;
beforeAll(async () => {
  seeded = await openSeededStorage();
}, 60_000);
afterAll(async () => {
  await seeded.storage.close();
});

const hostile = `x'); DROP TABLE spans; -- " \\' {a:String} INTO OUTFILE '/tmp/x' FORMAT CSV SETTINGS readonly=0 file('/etc/passwd') \n`;

/** Every query function with every filter set; what comes from outside is `text`. */
async function askEverything(context: QueryContext, text: string): Promise<void> {
  const range = { ...listDefaults, environment: text };
  const scoped = { ...range, service: text };
  await listServices(context, range);
  await readService(context, { ...scoped, operation: text });
  await listOperations(context, scoped);
  await readDoctor(context, scoped);
  await listReleases(context.storage, { service: text, fromMs: 0, toMs: nowMs });
  for (const sort of ['newest', 'slowest', 'queries'] as const) {
    const numbers = { minDurationMs: 0.5, maxDurationMs: 1e9, minQueries: 0, limit: 10 };
    for (const hasFinding of [true, false]) {
      const search = { ...scoped, operation: text, release: text, hasFinding, sort, ...numbers };
      await listTraces(context, { ...search, status: hasFinding ? 'ok' : 'error' });
    }
  }
  await readTrace(context, { traceId: traceId(1) }, () => ({ repeats: [], requests: [] }));
  await listFindings(context, {
    ...scoped,
    operation: text,
    kind: 'n_plus_one',
    severity: 'high',
    limit: 10,
  });
  await listFindings(context, { ...listDefaults, limit: 10 });
  await readFinding(context, { ...range, findingId: '000000000000feed' });
  for (const sort of ['total', 'calls', 'mean', 'p95', 'errors'] as const) {
    await listStatements(context, { ...scoped, sort, limit: 10 });
  }
  await listStatements(context, { ...listDefaults, sort: 'total', limit: 10 });
  await listLogs(context, { ...scoped, q: text, minSeverity: 1, limit: 10 });
  await listMetrics(context, scoped);
  for (const groupBy of [text, 'service', 'queue']) {
    await readMetricSeries(context, { ...scoped, name: text, groupBy, limit: 10 });
  }
  await listQueues(context, range);
  await readSpanTimes(context);
}

async function askSignals(context: QueryContext, text: string): Promise<void> {
  const source = createMetricSource({ storage: context.storage, watermarkMs: () => 0 });
  const filter = (['=', '!='] as const).map((op) => ({ label: 'service', op, value: text }));
  const signals = [
    { kind: 'latency', quantile: 0.123, filter },
    { kind: 'error_rate', filter },
    { kind: 'throughput', filter },
    { kind: 'queries_per_request', filter },
    { kind: 'queue', metric: 'oldest_age', filter: [{ label: text, value: text }] },
    { kind: 'queue', metric: 'lag', filter: [{ label: text, value: text }] },
    ...['avg', 'rate', 'last'].map((agg) => ({ kind: 'metric', name: text, agg, filter })),
    { kind: 'error_rate', filter, errorWhen: [{ label: 'http_status', op: '=~', value: text }] },
    { kind: 'burn_rate', slo: { objective: 99.9, filter, slowerThanMs: 300 } },
    { kind: 'logs', filter: [...filter, { label: text, value: text }] },
    ...['requests', 'logs', 'metrics'].map((of) => ({ kind: 'heartbeat', of, filter })),
    { kind: 'new_finding', filter: [...filter, { label: 'finding', value: text }] },
    { kind: 'queries_per_request', compare: 'previous_release', filter },
  ];
  for (const given of signals) {
    for (const toMs of [nowMs - (nowMs % 60_000), nowMs + 1]) {
      const groupBy = given.kind === 'metric' ? [text, 'service'] : ['service'];
      const query = { signal: signal.parse(given), groupBy, fromMs: toMs - 600_000, toMs, groupsMax: 5 };
      await source.read(query, AbortSignal.timeout(30_000));
    }
  }
  await source.ingestLag?.(AbortSignal.timeout(30_000));
  await source.arrivals?.(nowMs - 600_000, AbortSignal.timeout(30_000));
}

it('sends one SELECT of listed functions, whatever is asked, and never a value as text', async () => {
  const statements = new Map<string, string>();
  const recording: Storage = {
    ...seeded.storage,
    async query(query, params) {
      const sql = typeof query.sql === 'string' ? query.sql : query.sql(query.params.parse(params));
      statements.set(sql, query.name);
      return await seeded.storage.query(query, params);
    },
  };
  const context = { storage: recording, nowMs };
  for (const text of ['shop', hostile]) {
    await askEverything(context, text);
    await askSignals(context, text);
  }
  expect(statements.size).toBeGreaterThan(50);
  const faults = [...statements].flatMap(([sql, name]) =>
    statementFaults(sql).map((fault) => `${name} ${fault}`),
  );
  expect(faults).toEqual([]);
  for (const sql of statements.keys()) {
    for (const part of ['DROP', 'OUTFILE', 'passwd', "'shop'"]) expect(sql).not.toContain(part);
  }
  expect((await listTraces(context, { ...listDefaults, sort: 'newest', limit: 1 })).traces).toHaveLength(1);
}, 60_000);
