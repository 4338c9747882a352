import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it, vi } from 'vitest';
import { createQueueRegistry } from './queue-registry.ts';
import type { QueueRegistry } from './queue-registry.ts';

afterEach(() => vi.useRealTimers());

async function collected(registry: QueueRegistry): Promise<Record<string, unknown>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  registry.report(provider.getMeter('test'));
  await reader.forceFlush();
  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }): [string, unknown] => [
            `${descriptor.name} ${String(attributes['messaging.destination.name'])}`,
            value,
          ]),
        ),
      ),
    );
  await provider.shutdown();
  return Object.fromEntries(points);
}

it('reports a number as depth and a reading as four gauges', async () => {
  const registry = createQueueRegistry();
  registry.observe('plain', () => 3);
  registry.observe('full', () => Promise.resolve({ depth: 7, oldestAgeMs: 1500, inFlight: 2, failed: 1 }));
  expect(await collected(registry)).toEqual({
    'nightjar.queue.depth plain': 3,
    'nightjar.queue.depth full': 7,
    'nightjar.queue.oldest_age full': 1500,
    'nightjar.queue.in_flight full': 2,
    'nightjar.queue.failed full': 1,
  });
});

it('skips a reader that throws, rejects or answers nonsense', async () => {
  const registry = createQueueRegistry();
  registry.observe('throws', () => {
    throw new Error('no');
  });
  registry.observe('rejects', () => Promise.reject(new Error('no')));
  registry.observe('nan', () => Number.NaN);
  registry.observe('ok', () => 1);
  expect(await collected(registry)).toEqual({ 'nightjar.queue.depth ok': 1 });
});

it('does not wait for a reader that hangs', async () => {
  vi.useFakeTimers();
  const registry = createQueueRegistry();
  registry.observe('hangs', () => new Promise(() => undefined));
  registry.observe('ok', () => 1);
  const points = collected(registry);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await points).toEqual({ 'nightjar.queue.depth ok': 1 });
});

it('asks a reader that hangs once, until it answers', async () => {
  vi.useFakeTimers();
  const registry = createQueueRegistry();
  let asked = 0;
  let answer: (depth: number) => void = () => undefined;
  registry.observe('slow', () => {
    asked++;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  });
  for (let round = 0; round < 3; round++) {
    const points = collected(registry);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await points).toEqual({});
  }
  expect(asked).toBe(1);
  answer(1);
  const points = collected(registry);
  await vi.advanceTimersByTimeAsync(10_000);
  await points;
  expect(asked).toBe(2);
});

it('stops when told, keeps the later reader of a name, and holds at most 500', async () => {
  const registry = createQueueRegistry();
  registry.observe('gone', () => 1)();
  const stopFirst = registry.observe('twice', () => 1);
  registry.observe('twice', () => 2);
  stopFirst();
  for (let index = 0; index < 600; index++) registry.observe(`q${index}`, () => 0);
  const points = await collected(registry);
  expect(points['nightjar.queue.depth twice']).toBe(2);
  expect(points).not.toHaveProperty('nightjar.queue.depth gone');
  expect(Object.keys(points)).toHaveLength(500);
});
