import { QUEUE_DEPTH_METRIC } from '@nightjar/agent/attributes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints, type MetricSeriesSearch } from '../contract/index.ts';
import { instantText } from '../storage/testing.ts';
import { listMetrics, listQueues, readMetricSeries, type QueryContext } from './index.ts';
import { listDefaults, nowMs, openSeededStorage } from './testing.ts';

let context: QueryContext;

beforeAll(async () => {
  context = await openSeededStorage();
}, 60_000);

afterAll(async () => {
  await context.storage.close();
});

function point(columns: Record<string, unknown>): Record<string, unknown> {
  return {
    name: QUEUE_DEPTH_METRIC,
    service: 'worker',
    environment: 'test',
    series_id: 1n,
    time: instantText(nowMs - 20_000).slice(0, 23),
    type: 'gauge',
    is_monotonic: false,
    temporality: 2,
    unit: '',
    value: 0,
    count: 0,
    sum: 0,
    min: 0,
    max: 0,
    bucket_counts: [],
    bucket_bounds: [],
    attributes: {},
    queue: '',
    ...columns,
  };
}
const at = (secondsAgo: number): string => instantText(nowMs - secondsAgo * 1_000).slice(0, 23);

it('shows queues with depth, growth and jobs', async () => {
  await context.storage.insertRows(
    'metric_points',
    [
      point({ queue: 'mail', value: 100, time: at(120) }),
      point({ queue: 'mail', value: 160, time: at(60) }),
      point({ queue: 'mail', value: 150, time: at(60), series_id: 2n, service: 'web' }),
      point({
        queue: 'mail',
        value: 4,
        name: 'nightjar.queue.oldest_age',
        unit: 's',
        series_id: 3n,
        time: at(60),
      }),
    ],
    'queue-points',
  );
  const { queues } = endpoints.queues.response.parse(await listQueues(context, listDefaults));
  expect(queues).toMatchObject([
    {
      queue: 'mail',
      services: ['web', 'worker'],
      depth: 160,
      oldestAgeMs: 4_000,
      inFlight: null,
      growthPerSecond: 1,
    },
  ]);
  expect(queues[0]?.jobs).toMatchObject({ count: 1, errorRate: 0 });
  expect(queues[0]?.points.map((p) => p.depth)).toContain(160);
});

it('draws gauges, counters and histograms', async () => {
  const counter = { name: 'jobs.done', type: 'sum', is_monotonic: true };
  const histogram = { name: 'http.duration', type: 'histogram', unit: 's', bucket_bounds: [1, 2, 4] };
  await context.storage.insertRows(
    'metric_points',
    [
      point({ ...counter, value: 1_000, time: at(120), attributes: { kind: 'a' } }),
      point({ ...counter, value: 1_060, time: at(60), attributes: { kind: 'a' } }),
      point({ ...counter, value: 12, time: at(30), attributes: { kind: 'a' } }),
      point({ ...counter, value: 5, time: at(30), attributes: { kind: 'b' }, series_id: 9n, temporality: 1 }),
      point({ ...histogram, bucket_counts: [5, 0, 0, 0], count: 5, sum: 2, time: at(120) }),
      point({ ...histogram, bucket_counts: [5, 10, 0, 0], count: 15, sum: 17, time: at(60) }),
      point({ name: 'heap', value: 7, time: at(60) }),
      point({ name: 'heap', value: 9, time: at(61) }),
    ],
    'metric-points',
  );
  const read = async (search: Partial<MetricSeriesSearch>) =>
    endpoints.metricSeries.response.parse(
      await readMetricSeries(context, { from: 'now-10m', to: 'now', name: 'heap', limit: 20, ...search }),
    );
  const values = (series: { points: { value: number | null }[] } | undefined): number[] =>
    (series?.points ?? []).map((p) => p.value).filter((value) => value !== null);

  const { metrics } = endpoints.metrics.response.parse(await listMetrics(context, listDefaults));
  expect(metrics.map((metric) => metric.name)).toContain('http.duration');
  const heap = await read({});
  expect(heap.aggregation).toBe('avg');
  expect(values(heap.series[0]).reduce((sum, value) => sum + value, 0) / values(heap.series[0]).length).toBe(
    8,
  );
  expect(values((await read({ aggregation: 'max' })).series[0])).toContain(9);
  expect((await read({ name: 'absent' })).series).toEqual([]);

  const done = await read({ name: 'jobs.done', groupBy: 'kind' });
  expect(done.aggregation).toBe('rate');
  expect(done.series.map((series) => series.labels)).toEqual([{ kind: 'a' }, { kind: 'b' }]);
  const gained = (series: (typeof done.series)[number] | undefined): number =>
    values(series).reduce((sum, rate) => sum + rate * (done.stepMs / 1_000), 0);
  expect(gained(done.series[0])).toBeCloseTo(60 + 12);
  expect(gained(done.series[1])).toBeCloseTo(5);
  expect(await read({ name: 'jobs.done', groupBy: 'kind', limit: 1 })).toMatchObject({ omitted: 1 });

  const p50 = await read({ name: 'http.duration', aggregation: 'p50' });
  expect(values(p50.series[0])).toContain(1.5);
  const mean = await read({ name: 'http.duration', aggregation: 'avg' });
  expect(values(mean.series[0])).toContain(1.5);
});
