import { signal } from '@nightjar/alerts/schema';
import type { RangeGroup, RangeQuery } from '@nightjar/alerts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hexId, insertSpans, instantText, openTestStorage } from '../../storage/testing.ts';
import type { Storage } from '../../storage/types.ts';
import { createMetricSource } from '../metric-source.ts';
import { createRangeSource } from './range-source.ts';

const beginMs = Date.UTC(2026, 10, 2);
const minuteMs = 60_000;
let storage: Storage;

beforeAll(async () => {
  storage = await openTestStorage();
  await seed();
}, 60_000);
afterAll(async () => await storage.close());

const stopped = AbortSignal.timeout(60_000);
const live = () => createMetricSource({ storage, watermarkMs: () => 0 });

const queries: readonly {
  readonly name: string;
  readonly asked: object;
  readonly groupBy: readonly string[];
}[] = [
  { name: 'latency', asked: { kind: 'latency', quantile: 0.9 }, groupBy: ['service', 'operation'] },
  { name: 'latency a service', asked: { kind: 'latency', quantile: 0.5 }, groupBy: ['service'] },
  { name: 'latency over all', asked: { kind: 'latency', quantile: 0.99 }, groupBy: [] },
  { name: 'error rate', asked: { kind: 'error_rate' }, groupBy: ['service'] },
  {
    name: 'error rate of one',
    asked: { kind: 'error_rate', filter: [{ label: 'operation', op: '=~', value: 'GET /b.*' }] },
    groupBy: ['operation'],
  },
  {
    name: 'error rate by a rule of its own',
    asked: { kind: 'error_rate', errorWhen: [{ label: 'http_status', op: '=~', value: '[45]..' }] },
    groupBy: ['service'],
  },
  { name: 'latency a status', asked: { kind: 'latency', quantile: 0.9 }, groupBy: ['http_status'] },
  { name: 'heartbeat', asked: { kind: 'heartbeat' }, groupBy: ['service'] },
  {
    name: 'logs by an attribute',
    asked: { kind: 'logs', filter: [{ label: 'body', op: '=~', value: 'h.*' }] },
    groupBy: ['service', 'order'],
  },
  { name: 'burn rate', asked: { kind: 'burn_rate', slo: { objective: 99 } }, groupBy: ['service'] },
  { name: 'throughput', asked: { kind: 'throughput' }, groupBy: ['service'] },
  { name: 'queries', asked: { kind: 'queries_per_request' }, groupBy: ['service'] },
  { name: 'most queries', asked: { kind: 'queries_per_request', agg: 'max' }, groupBy: ['operation'] },
  { name: 'depth', asked: { kind: 'queue', metric: 'depth', agg: 'last' }, groupBy: ['queue'] },
  { name: 'deepest', asked: { kind: 'queue', metric: 'depth', agg: 'max' }, groupBy: ['queue'] },
  { name: 'mean depth', asked: { kind: 'queue', metric: 'depth', agg: 'avg' }, groupBy: ['queue'] },
  { name: 'least depth', asked: { kind: 'queue', metric: 'depth', agg: 'min' }, groupBy: [] },
  ...['avg', 'max', 'min', 'sum', 'last'].map((agg) => ({
    name: `metric ${agg}`,
    asked: { kind: 'metric', name: 'pool', agg },
    groupBy: ['shard'],
  })),
];

function rangeOf(given: object, groupBy: readonly string[], part: Partial<RangeQuery> = {}): RangeQuery {
  return {
    signal: signal.parse(given),
    groupBy,
    windowMs: 5 * minuteMs,
    everyMs: minuteMs,
    firstToMs: beginMs + 7 * minuteMs,
    ticks: 40,
    groupsMax: 50,
    ...part,
  };
}

it.each(queries)('$name: each tick is what the engine reads at that tick', async ({ asked, groupBy }) => {
  // Off the minute, so that rows are read; and on it, by rollups.
  for (const [offsetMs, exactRowsMax] of [
    [17_000, 1_000_000],
    [0, 0],
  ] as const) {
    const query = rangeOf(asked, groupBy, { firstToMs: beginMs + 7 * minuteMs + offsetMs });
    const source = createRangeSource({ storage, source: live(), exactRowsMax });
    const { groups, resolution } = await source.readRange(query, stopped);
    expect(resolution === 'exact' || exactRowsMax === 0).toBe(true);
    expect(groups.length).toBeGreaterThan(0);
    await expectSameAsLive(query, groups);
  }
});

async function expectSameAsLive(query: RangeQuery, groups: readonly RangeGroup[]): Promise<void> {
  for (let tick = 0; tick < query.ticks; tick += 6) {
    const toMs = query.firstToMs + tick * query.everyMs;
    const { groups: now } = await live().read(
      { ...query, fromMs: toMs - query.windowMs, toMs, groupsMax: 50 },
      stopped,
    );
    const known = new Map(groups.map((it) => [JSON.stringify(it.labels), it]));
    const seen = groups.filter((it) => (it.samples[tick] ?? 0) > 0).map((it) => it.labels);
    expect(new Set(seen.map((it) => JSON.stringify(it)))).toEqual(
      new Set(now.map(({ labels }) => JSON.stringify(labels))),
    );
    for (const { labels, value, samples } of now) {
      const group = known.get(JSON.stringify(labels));
      expect(group?.samples[tick]).toBe(samples);
      expect(group?.values[tick] ?? Number.NaN).toBeCloseTo(value ?? Number.NaN, 6);
    }
  }
}

it('leaves sketches alone where the slowest request lies below the limit', async () => {
  const source = createRangeSource({ storage, source: live(), exactRowsMax: 0 });
  const query = rangeOf({ kind: 'latency', quantile: 0.9 }, ['service']);
  const exact = await source.readRange(query, stopped);
  const limit = 700;
  const bounded = await source.readRange({ ...query, exactFrom: { above: limit, samples: 10 } }, stopped);
  const seen = exact.groups.flatMap((group, index) => {
    const other = bounded.groups[index];
    return [...group.values].flatMap((value, tick) => {
      const samples = group.samples[tick] ?? 0;
      const given = other?.values[tick] ?? Number.NaN;
      const isBound = other?.bounds?.[tick] === 1;
      return samples === 0
        ? []
        : [{ samples, value, given, isBound, same: other?.samples[tick] === samples }];
    });
  });
  expect(seen.every(({ same }) => same)).toBe(true);
  const few = seen.filter(({ samples }) => samples < 10);
  const bounds = seen.filter(({ samples, isBound }) => samples >= 10 && isBound);
  const exacts = seen.filter(({ samples, isBound }) => samples >= 10 && !isBound);
  expect(Math.min(few.length, bounds.length, exacts.length)).toBeGreaterThan(0);
  expect(few.every(({ given }) => Number.isNaN(given))).toBe(true);
  expect(bounds.every(({ given, value }) => given >= value && given <= limit)).toBe(true);
  expect(exacts.every(({ given, value }) => Math.abs(given - value) < 1e-6)).toBe(true);
});

it('reads windows that lie apart, several days, some groups only, and the busiest when there are too many', async () => {
  const source = createRangeSource({ storage, source: live(), exactRowsMax: 0 });
  const apart = rangeOf({ kind: 'latency', quantile: 0.9 }, ['service'], { everyMs: 9 * minuteMs, ticks: 5 });
  const { groups } = await source.readRange(apart, stopped);
  await expectSameAsLive({ ...apart, ticks: 1 }, groups);
  expect(groups[0]?.values.length).toBe(5);

  const long = rangeOf({ kind: 'error_rate' }, ['service'], { ticks: 2 * 1_440 });
  const whole = await source.readRange(long, stopped);
  const short = await source.readRange({ ...long, ticks: 40 }, stopped);
  expect(whole.groups.map((it) => it.values.slice(0, 40))).toEqual(short.groups.map((it) => it.values));

  const byOperation = rangeOf({ kind: 'throughput' }, ['service', 'operation']);
  const only = [{ service: 'shop', operation: 'GET /b2' }];
  const some = await source.readRange({ ...byOperation, only }, stopped);
  expect(some.groups.map(({ labels }) => labels)).toEqual(only);
  const few = await source.readRange({ ...byOperation, groupsMax: 2 }, stopped);
  expect(few.groups).toHaveLength(2);
  expect(few.groupsSeen).toBeGreaterThan(2);
});

it('counts logs, heartbeats and the burn of a budget', async () => {
  const source = createRangeSource({ storage, source: live(), exactRowsMax: 0 });
  const read = async (asked: object) =>
    (await source.readRange(rangeOf(asked, ['service'], { ticks: 3 }), stopped)).groups.find(
      ({ labels }) => labels['service'] === 'shop',
    );
  const errors = await read({ kind: 'error_rate' });
  const burn = await read({ kind: 'burn_rate', slo: { objective: 99 } });
  expect(burn?.samples).toEqual(errors?.samples);
  burn?.values.forEach((value, tick) => expect(value).toBeCloseTo(errors?.values[tick] ?? 0, 6));
  const slow = await read({ kind: 'burn_rate', slo: { objective: 99, slowerThanMs: 100 } });
  slow?.values.forEach((value, tick) => expect(value).toBeGreaterThan(burn?.values[tick] ?? 0));
  const beat = await read({ kind: 'heartbeat' });
  expect([...(beat?.values ?? [])]).toEqual([...(errors?.samples ?? [])]);
  expect([...((await read({ kind: 'logs' }))?.values ?? [])]).toEqual([5, 5, 5]);
});

async function seed(): Promise<void> {
  // Numbers that look random and are the same each time.
  let state = 7;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const spans = Array.from({ length: 1_200 }, (_, index) => ({
    traceId: hexId(index + 1, 32),
    spanId: hexId(index + 1, 16),
    startMs: beginMs + next(60 * 60_000),
    durationMs: 5 + next(index % 9 === 0 ? 900 : 60),
    columns: {
      is_entry: true,
      kind: 2,
      service: index % 4 === 0 ? 'mail' : index % 50 === 1 ? 'rare' : 'shop',
      operation: `GET /${index % 3 === 0 ? 'a' : 'b'}${next(3)}`,
      http_status: next(10) === 0 ? 500 : 200,
      weight: index % 5 === 0 ? 4 : 1,
      db_query_count: next(30),
      db_statement_count: 3,
      db_duration_ns: 1e6,
    },
  }));
  await insertSpans(storage, spans, 'spans');
  const points = Array.from({ length: 480 }, (_, index) => {
    const isQueue = index % 2 === 0;
    return {
      name: isQueue ? 'nightjar.queue.depth' : 'pool',
      service: 'shop',
      environment: '',
      resource_id: 1,
      series_id: String(1 + (index % 3)),
      time: instantText(beginMs + index * 7_300).slice(0, 23),
      start_time: instantText(beginMs).slice(0, 23),
      type: 'gauge',
      temporality: 0,
      unit: '',
      value: next(500),
      attributes: isQueue ? {} : { shard: `s${index % 2}${next(2)}` },
      queue: isQueue ? `q${index % 4}` : '',
      ingested_at: 0,
    };
  });
  await storage.insertRows('metric_points', points, 'points');
  const logs = Array.from({ length: 60 }, (_, minute) => ({
    service: 'shop',
    time: instantText(beginMs + minute * minuteMs + 500),
    severity_number: 9,
    severity_text: 'INFO',
    body: 'hello',
    attributes_string: {},
  }));
  await storage.insertRows('logs', logs, 'logs');
}
