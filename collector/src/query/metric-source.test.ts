import { QUEUE_DEPTH_METRIC, QUEUE_OLDEST_AGE_METRIC } from '@nightjar/agent/attributes';
import type { MetricQuery, Reading } from '@nightjar/alerts';
import { signal as signalSchema } from '@nightjar/alerts/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { instantText } from '../storage/testing.ts';
import { createMetricSource, type QueryContext } from './index.ts';
import { nowMs, openSeededStorage } from './testing.ts';

let context: QueryContext;
const minute = 60_000;
const toMs = Math.ceil(nowMs / minute) * minute;

beforeAll(async () => {
  context = await openSeededStorage();
  const point = (columns: Record<string, unknown>): Record<string, unknown> => ({
    name: QUEUE_DEPTH_METRIC,
    service: 'worker',
    environment: 'test',
    series_id: 1n,
    type: 'gauge',
    temporality: 2,
    unit: '',
    value: 0,
    count: 0,
    sum: 0,
    attributes: {},
    queue: '',
    ...columns,
  });
  const at = (secondsAgo: number): string => instantText(nowMs - secondsAgo * 1_000).slice(0, 23);
  await context.storage.insertRows(
    'metric_points',
    [
      point({ queue: 'mail', value: 7, time: at(60) }),
      point({ queue: 'mail', value: 5, time: at(30) }),
      point({ queue: 'mail', value: 6, time: at(31), series_id: 2n, service: 'web' }),
      point({ name: QUEUE_OLDEST_AGE_METRIC, queue: 'mail', value: 2_500, unit: 'ms', time: at(30) }),
      point({ name: 'jobs', type: 'sum', value: 100, time: at(50), attributes: { kind: 'a' } }),
      point({ name: 'jobs', type: 'sum', value: 160, time: at(40), attributes: { kind: 'a' } }),
      point({ name: 'jobs', type: 'sum', value: 12, time: at(30), attributes: { kind: 'a' } }),
    ],
    'points',
  );
}, 60_000);

afterAll(async () => {
  await context.storage.close();
});

interface Ask {
  readonly signal: z.input<typeof signalSchema>;
  readonly query?: Partial<MetricQuery>;
}

async function read({ signal, query }: Ask): Promise<Reading> {
  const source = createMetricSource({ storage: context.storage, watermarkMs: () => 42 });
  const asked = { groupBy: [], fromMs: toMs - 10 * minute, toMs, groupsMax: 100, ...query };
  return await source.read({ ...asked, signal: signalSchema.parse(signal) }, AbortSignal.timeout(20_000));
}

async function valuesOf(ask: Ask): Promise<(number | null)[]> {
  return (await read(ask)).groups.map((group) => group.value);
}

const seconds = { fromMs: nowMs - 400_500, toMs: nowMs + 1 };

it('measures latency from the rollup and from requests alike', async () => {
  for (const query of [{ groupBy: ['service'] }, { groupBy: ['service'], ...seconds }]) {
    const reading = await read({ signal: { kind: 'latency', quantile: 0.9 }, query });
    expect(reading.watermarkMs).toBe(42);
    expect(reading.groups.map(({ labels, samples }) => ({ labels, samples }))).toEqual([
      { labels: { service: 'shop' }, samples: 40 },
      { labels: { service: 'worker' }, samples: 1 },
    ]);
    expect(reading.groups[0]?.value).toBeGreaterThan(350);
    expect(reading.groups[0]?.value).toBeLessThan(370);
  }
});

it('measures error rate in percent, throughput a second and queries a request', async () => {
  const filter = [{ label: 'service', value: 'shop' }];
  const query = { groupBy: ['operation', 'environment', 'release'] };
  const errors = await read({ signal: { kind: 'error_rate', filter }, query });
  expect(errors.groups).toEqual([
    { labels: { operation: 'GET /books', environment: 'test', release: '1.0.0' }, value: 10, samples: 40 },
  ]);
  expect(await valuesOf({ signal: { kind: 'throughput', filter } })).toEqual([40 / 600]);
  // To the second: the last 95 seconds hold 9 requests.
  const short = { fromMs: nowMs - 95_000, toMs: nowMs };
  expect((await read({ signal: { kind: 'throughput', filter }, query: short })).groups[0]?.samples).toBe(9);
  expect(await valuesOf({ signal: { kind: 'queries_per_request', agg: 'max' } })).toEqual([33]);
  expect((await valuesOf({ signal: { kind: 'queries_per_request' } }))[0]).toBeCloseTo(273 / 21);
});

it('reads queues as their reporters see them, and metrics', async () => {
  const groupBy = ['queue'];
  const ask = (metric: 'depth' | 'oldest_age' | 'lag', agg: 'max' | 'last' | 'min'): Ask => ({
    signal: { kind: 'queue', metric, agg },
    query: { groupBy },
  });
  expect((await read(ask('depth', 'max'))).groups).toEqual([
    { labels: { queue: 'mail' }, value: 7, samples: 3 },
  ]);
  expect(await valuesOf(ask('depth', 'last'))).toEqual([6]);
  expect(await valuesOf(ask('oldest_age', 'max'))).toEqual([2.5]);
  expect((await read(ask('lag', 'max'))).groups).toEqual([]);
  const jobs: Ask['signal'] = { kind: 'metric', name: 'jobs', agg: 'rate' };
  const reading = await read({ signal: jobs, query: { groupBy: ['kind'] } });
  expect(reading.groups).toMatchObject([{ labels: { kind: 'a' }, samples: 3 }]);
  expect(reading.groups[0]?.value).toBeCloseTo(72 / 600);
  expect(await valuesOf({ signal: { kind: 'metric', name: 'jobs', agg: 'last' } })).toEqual([12]);
});

it('tests labels with every matcher, values staying values', async () => {
  const services = async (label: string, op: '=' | '!=' | '=~' | '!~', value: string): Promise<string[]> => {
    const filter = [{ label, op, value }];
    const { groups } = await read({
      signal: { kind: 'throughput', filter },
      query: { groupBy: ['service'] },
    });
    return groups.map((group) => group.labels['service'] ?? '');
  };
  expect(await services('service', '=', 'shop')).toEqual(['shop']);
  expect(await services('service', '!=', 'shop')).toEqual(['worker']);
  expect(await services('service', '=~', 'sh.*|x')).toEqual(['shop']);
  expect(await services('service', '=~', 'ho')).toEqual([]);
  expect(await services('operation', '!~', 'GET .*')).toEqual(['worker']);
  expect(await services('service', '=', "' OR 1=1 --")).toEqual([]);
  await expect(services('password', '=', 'x')).rejects.toThrow('no label');
});

it('caps the groups, says so, and stops when told', async () => {
  const reading = await read({
    signal: { kind: 'throughput' },
    query: { groupBy: ['service'], groupsMax: 1 },
  });
  expect(reading).toMatchObject({ truncated: true, groups: [{ labels: { service: 'shop' } }] });
  const source = createMetricSource({ storage: context.storage, watermarkMs: () => 0 });
  const query: MetricQuery = { signal: { kind: 'throughput' }, groupBy: [], fromMs: 0, toMs, groupsMax: 1 };
  const stop = new AbortController();
  const stopped = source.read(query, stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await expect(source.read(query, stop.signal)).rejects.toThrow('enough');
});
