import { expect, it } from 'vitest';
import { createPromRegistries } from './prom-registries.ts';
import type { PromMetric } from './prom-registries.ts';

const HITS: PromMetric = { name: 'hits', type: 'counter', values: [{ value: 1 }] };

it('reads each registry once, and goes on without one that fails or hangs', async () => {
  const registries = createPromRegistries(20);
  const fine = { getMetricsAsJSON: () => Promise.resolve([HITS]) };
  let asked = 0;
  registries.add(fine);
  registries.add(fine);
  registries.add({
    getMetricsAsJSON: () => {
      throw new Error('at once');
    },
  });
  registries.add({ getMetricsAsJSON: () => Promise.reject(new Error('later')) });
  registries.add({
    getMetricsAsJSON: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  expect(await registries.read()).toEqual([HITS]);
  expect(registries.counters.failedReads).toBe(3);
  expect(await registries.read()).toEqual([HITS]);
  expect(registries.counters.failedReads).toBe(6);
  expect(asked).toBe(1);
});

it('keeps twenty registries', async () => {
  const registries = createPromRegistries();
  const all = Array.from({ length: 22 }, () => ({ getMetricsAsJSON: () => Promise.resolve([]) }));
  for (const registry of [...all, ...all]) registries.add(registry);
  expect(registries.counters.unreadRegistries).toBe(2);
  expect(await registries.read()).toEqual([]);
});
