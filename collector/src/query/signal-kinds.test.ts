import type { MetricQuery, MetricSource, Reading } from '@nightjar/alerts';
import { signal as signalSchema } from '@nightjar/alerts/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { hexId, insertSpans, instantText } from '../storage/testing.ts';
import type { TestSpan } from '../storage/testing.ts';
import { createMetricSource, type QueryContext } from './index.ts';
import { finding, nowMs, openSeededStorage } from './testing.ts';

let context: QueryContext;
let source: MetricSource;
const minute = 60_000;
const hour = 60 * minute;
const toMs = Math.ceil(nowMs / minute) * minute;

beforeAll(async () => {
  context = await openSeededStorage();
  source = createMetricSource({ storage: context.storage, watermarkMs: () => nowMs });
  const { storage } = context;
  await insertSpans(storage, [...releases(), ...failures()], 'more');
  const lag = {
    name: 'kafka.consumer_group.lag',
    type: 'gauge',
    time: instantText(nowMs - 1_000).slice(0, 23),
  };
  const partition = (topic: string, part: string, group: string, value: number) => ({
    ...lag,
    series_id: 1n,
    service: 'kafka',
    value,
    attributes: { topic, partition: part, group },
  });
  await storage.insertRows(
    'metric_points',
    [
      partition('orders', '0', 'mailer', 30),
      partition('orders', '1', 'mailer', 12),
      // The same partition as another reporter sees it.
      { ...partition('orders', '1', 'mailer', 12), series_id: 9n },
      partition('orders', '0', 'billing', 5),
    ],
    'lag',
  );
  await storage.insertRows(
    'findings',
    [
      finding(1, { finding_id: 1n, start_time: instantText(nowMs - minute), statement: 'SELECT new' }),
      finding(2, { finding_id: 2n, start_time: instantText(nowMs - minute) }),
      finding(3, { finding_id: 2n, start_time: instantText(nowMs - 48 * hour) }),
      finding(4, { finding_id: 3n, start_time: instantText(nowMs - minute), is_retracted: true }),
    ],
    'new findings',
  );
}, 60_000);

afterAll(async () => {
  await context.storage.close();
});

/** Ten requests of release 1 two hours ago with 4 queries each, ten of release 2 now: one operation at 12, one at 4. */
function releases(): TestSpan[] {
  const one = (
    index: number,
    given: { release: string; agoMs: number; queries: number; operation: string },
  ) => ({
    traceId: hexId(5_000 + index, 32),
    spanId: hexId(1, 16),
    startMs: nowMs - given.agoMs,
    durationMs: 20,
    columns: {
      service: 'till',
      release: given.release,
      operation: given.operation,
      is_entry: true,
      kind: 2,
      db_query_count: given.queries,
    },
  });
  const earlier = { release: '1', agoMs: 2 * hour, queries: 4 };
  const later = { release: '2', agoMs: minute };
  return Array.from({ length: 10 }, (_, index) => [
    one(index, { ...earlier, operation: 'GET /a' }),
    one(index + 100, { ...earlier, operation: 'GET /b' }),
    one(index + 200, { ...later, operation: 'GET /a', queries: 12 }),
    one(index + 300, { ...later, operation: 'GET /b', queries: 4 }),
  ]).flat();
}

/** Of 20 requests one answers 503, one 429 and one is slow; they arrive 7 s after their end. */
function failures(): TestSpan[] {
  return Array.from({ length: 20 }, (_, index) => ({
    traceId: hexId(9_000 + index, 32),
    spanId: hexId(1, 16),
    startMs: nowMs - 2 * minute,
    durationMs: index === 2 ? 900 : 10,
    columns: {
      service: 'edge',
      is_entry: true,
      kind: 2,
      http_status: index === 0 ? 503 : index === 1 ? 429 : 200,
      ingested_at: Math.floor((nowMs - 2 * minute + 10) / 1_000) + 7,
    },
  }));
}

interface Ask {
  readonly signal: z.input<typeof signalSchema>;
  readonly query?: Partial<MetricQuery>;
}

async function read({ signal, query }: Ask): Promise<Reading> {
  const asked = { groupBy: [], fromMs: toMs - 10 * minute, toMs, groupsMax: 100, ...query };
  return await source.read({ ...asked, signal: signalSchema.parse(signal) }, AbortSignal.timeout(20_000));
}

const shop = [{ label: 'service', value: 'shop' }];
const edge = [{ label: 'service', value: 'edge' }];

it('reads a window that begins and ends within minutes as exactly as the requests themselves', async () => {
  const query = { fromMs: nowMs - 381_234, toMs: nowMs - 15_500 };
  for (const signal of [
    { kind: 'latency', quantile: 0.5, filter: shop },
    { kind: 'error_rate', filter: shop },
    { kind: 'throughput', filter: shop },
  ] satisfies Ask['signal'][]) {
    // A label that only the requests have makes the source read those.
    const exact = { ...signal, filter: [...shop, { label: 'kind', value: '2' }] };
    for (const groupBy of [[], ['release'], ['operation']]) {
      const sliced = await read({ signal, query: { ...query, groupBy } });
      const rows = await read({ signal: exact, query: { ...query, groupBy } });
      expect(sliced.groups).toHaveLength(1);
      expect(sliced.groups[0]?.samples).toBe(rows.groups[0]?.samples);
      expect(sliced.groups[0]?.value).toBeCloseTo(rows.groups[0]?.value ?? Number.NaN, 6);
    }
  }
});

it('takes the errors that a rule names, and burns by errors and by time', async () => {
  const errorWhen = [{ label: 'http_status', op: '=~' as const, value: '5..|429' }];
  const valueOf = async (signal: Ask['signal']) => (await read({ signal })).groups[0]?.value;
  expect(await valueOf({ kind: 'error_rate', filter: edge })).toBeCloseTo(5);
  expect(await valueOf({ kind: 'error_rate', filter: edge, errorWhen })).toBeCloseTo(10);
  const slo = { objective: 99.9, filter: edge };
  expect(await valueOf({ kind: 'burn_rate', slo })).toBeCloseTo(50);
  expect(await valueOf({ kind: 'burn_rate', slo: { ...slo, errorWhen } })).toBeCloseTo(100);
  expect(await valueOf({ kind: 'burn_rate', slo: { ...slo, slowerThanMs: 500 } })).toBeCloseTo(100);
});

it('counts logs and whatever else should beat', async () => {
  const logs = await read({ signal: { kind: 'logs' }, query: { groupBy: ['service', 'severity'] } });
  const all = logs.groups.reduce((sum, { value }) => sum + (value ?? 0), 0);
  expect(all).toBeGreaterThan(0);
  for (const { value, samples } of logs.groups) expect(value).toBe(samples);
  const none = [{ label: 'body', op: '=~' as const, value: '.*nobody wrote this.*' }];
  expect((await read({ signal: { kind: 'logs', filter: none } })).groups).toEqual([]);
  expect((await read({ signal: { kind: 'heartbeat', filter: edge } })).groups).toMatchObject([{ value: 20 }]);
  const metrics = [{ label: 'metric', value: 'kafka.consumer_group.lag' }];
  const beat = { kind: 'heartbeat', of: 'metrics', filter: metrics } as const;
  expect((await read({ signal: beat })).groups).toMatchObject([{ value: 4 }]);
});

it('adds up the lag of a consumer group over its partitions, whoever reports them', async () => {
  const signal = { kind: 'queue', metric: 'lag' } as const;
  expect((await read({ signal })).groups).toMatchObject([{ labels: {}, value: 42 }]);
  const { groups } = await read({ signal, query: { groupBy: ['queue', 'group'] } });
  expect(groups.map(({ labels, value }) => `${labels['queue']} ${labels['group']} ${value}`).sort()).toEqual([
    'orders billing 5',
    'orders mailer 42',
  ]);
});

it('tells findings that are new, and neither old nor retracted ones', async () => {
  const { groups } = await read({
    signal: { kind: 'new_finding' },
    query: { groupBy: ['finding', 'operation'] },
  });
  const of = (id: string) => groups.find(({ labels }) => labels['finding'] === id.padStart(16, '0'));
  expect(of('1')).toMatchObject({ value: 1, labels: { operation: 'GET /books' } });
  expect(of('1')?.note).toBe('SELECT new at /app/books.js:12');
  expect(of('2')).toBeUndefined();
  expect(of('3')).toBeUndefined();
  const later = { kind: 'new_finding', newFor: '3d' } as const;
  const more = (await read({ signal: later, query: { groupBy: ['finding'] } })).groups;
  expect(more.map(({ labels }) => labels['finding'])).toContain('2'.padStart(16, '0'));
});

it('compares queries a request with the release before, operation by operation', async () => {
  const till = [{ label: 'service', value: 'till' }];
  const signal = { kind: 'queries_per_request', compare: 'previous_release', filter: till } as const;
  const { groups } = await read({ signal, query: { groupBy: ['service', 'operation'] } });
  expect(groups.map(({ labels, value }) => `${labels['operation']} ${value}`).sort()).toEqual([
    'GET /a 3',
    'GET /b 1',
  ]);
  const whole = (await read({ signal, query: { groupBy: ['service'] } })).groups;
  expect(whole).toMatchObject([{ labels: { service: 'till' }, value: 2, samples: 20 }]);
  expect(whole[0]?.note).toBe('8 queries a request after 4, 1 to 2');
  // The shop has had one release only.
  const alone = await read({ signal: { ...signal, filter: shop } });
  expect(alone.groups).toMatchObject([
    { value: null, samples: 0, note: expect.stringContaining('no release before') },
  ]);
});

it('knows how late requests arrive, and when the last of each moment did', async () => {
  const lag = await source.ingestLag?.(AbortSignal.timeout(20_000));
  expect(lag?.get('edge')).toBeGreaterThan(6_500);
  expect(lag?.get('edge')).toBeLessThan(8_500);
  const arrivals = await source.arrivals?.(nowMs - hour, AbortSignal.timeout(20_000));
  const ofEdge = arrivals?.filter(({ service }) => service === 'edge');
  expect(ofEdge).toHaveLength(1);
  const [arrival] = ofEdge ?? [];
  expect(arrival?.fromMs).toBeLessThanOrEqual(nowMs - 2 * minute);
  expect(arrival?.toMs).toBeGreaterThan(nowMs - 2 * minute);
  expect(arrival?.lastIngestedMs).toBe((Math.floor((nowMs - 2 * minute + 10) / 1_000) + 7) * 1_000);
  expect(await source.health?.(AbortSignal.timeout(20_000))).toEqual({ watermarkMs: nowMs });
});
