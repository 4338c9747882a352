import { DataPointType } from '@opentelemetry/sdk-metrics';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { expect, it } from 'vitest';
import type { PromMetric } from './prom-registries.ts';
import { convertSeries } from './prom-series.ts';
import type { ConvertedSeries, SeriesSpan } from './prom-series.ts';

const TIME: SeriesSpan = { startTime: [1, 0], endTime: [2, 0] };

async function read(registry: Registry): Promise<readonly PromMetric[]> {
  // Its types call `type` a number; it is text.
  return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()));
}

function convert(metrics: readonly PromMetric[], seriesMax?: number): ConvertedSeries {
  return convertSeries(metrics, { time: TIME, ...(seriesMax === undefined ? {} : { seriesMax }) });
}

it('turns what prom-client holds into sums, gauges and histograms', async () => {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  registry.setDefaultLabels({ shard: 3 });
  new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['kind'], registers }).inc(
    { kind: 'web' },
    4,
  );
  new Gauge({ name: 'carts', help: 'Carts', registers }).set(7.5);
  const waits = new Histogram({
    name: 'wait_seconds',
    help: 'Waits',
    buckets: [0.1, 1],
    labelNames: ['to'],
    registers,
  });
  for (const wait of [0.05, 0.5, 0.6, 3]) waits.observe({ to: 'bank' }, wait);
  waits.observe({ to: 'post' }, 1);
  const { metrics, leftOut } = convert(await read(registry));
  expect(leftOut).toBe(0);
  const [orders, carts, wait] = metrics;
  expect(orders).toMatchObject({
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    descriptor: { name: 'orders_total', description: 'Orders' },
    dataPoints: [{ value: 4, attributes: { kind: 'web', shard: '3' }, startTime: [1, 0], endTime: [2, 0] }],
  });
  expect(carts).toMatchObject({ dataPointType: DataPointType.GAUGE, dataPoints: [{ value: 7.5 }] });
  expect(wait).toMatchObject({
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [
      {
        attributes: { to: 'bank', shard: '3' },
        value: { buckets: { boundaries: [0.1, 1], counts: [1, 2, 1] }, sum: 4.15, count: 4 },
      },
      { attributes: { to: 'post' }, value: { buckets: { counts: [0, 1, 0] }, count: 1 } },
    ],
  });
});

it('tells sum and count of a summary as sums, its quantiles as gauges', async () => {
  const registry = new Registry();
  const sizes = new Summary({ name: 'size', help: 'Sizes', percentiles: [0.5], registers: [registry] });
  for (const size of [1, 2, 3]) sizes.observe(size);
  const { metrics } = convert(await read(registry));
  expect(metrics.map(({ descriptor, dataPointType }) => [descriptor.name, dataPointType])).toEqual([
    ['size', DataPointType.GAUGE],
    ['size_sum', DataPointType.SUM],
    ['size_count', DataPointType.SUM],
  ]);
  expect(metrics[0]?.dataPoints[0]).toMatchObject({ attributes: { quantile: '0.5' }, value: 2 });
});

it('tells a series that two registries share once', async () => {
  const registry = new Registry();
  const gauge = new Gauge({ name: 'carts', help: 'Carts', registers: [registry] });
  gauge.set(1);
  const once = await read(registry);
  const { metrics } = convert([...once, ...once]);
  expect(metrics).toHaveLength(1);
});

it('keeps so many series and counts the rest, cuts long labels and leaves out what is no number', () => {
  const values = Array.from({ length: 10 }, (_, index) => ({
    value: index,
    labels: { id: `${index}${'x'.repeat(900)}` },
  }));
  const { metrics, leftOut } = convert(
    [{ name: 'ids', type: 'gauge', values: [...values, { value: Number.NaN }] }],
    4,
  );
  expect(metrics[0]?.dataPoints).toHaveLength(4);
  expect(leftOut).toBe(6);
  expect(String(metrics[0]?.dataPoints[0]?.attributes['id'])).toHaveLength(256);
});
