import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MetricPush } from './metric-push.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('pushes every interval, one at a time, and stops', async () => {
  const pushed: ResourceMetrics[] = [];
  let release: (() => void) | undefined;
  const reader = new MetricPush(100, async (metrics) => {
    pushed.push(metrics);
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  const provider = new MeterProvider({ readers: [reader] });
  provider.getMeter('test').createCounter('hits').add(2);
  await vi.advanceTimersByTimeAsync(350);
  expect(pushed).toHaveLength(1);
  release?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(pushed).toHaveLength(2);
  release?.();
  reader.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pushed).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

it('survives a delivery that fails, and pushes when flushed', async () => {
  let pushes = 0;
  const reader = new MetricPush(100, () => {
    pushes++;
    return Promise.reject(new Error('away'));
  });
  const provider = new MeterProvider({ readers: [reader] });
  await vi.advanceTimersByTimeAsync(250);
  expect(pushes).toBe(2);
  await provider.forceFlush();
  expect(pushes).toBe(3);
  reader.stop();
});
