import { expect, it } from 'vitest';
import type { MetricQuery, Reading } from './ports.ts';
import { broadFrom, readsInFlightMax, shareReads } from './shared-reads.ts';

const queryOf = (toMs: number): MetricQuery => ({
  signal: { kind: 'throughput' },
  groupBy: [],
  fromMs: 0,
  toMs,
  groupsMax: 1,
});
const idle = new AbortController().signal;

it('asks once for what several rules ask, and so many at once at most', async () => {
  const waiting: { toMs: number; resolve: (reading: Reading) => void }[] = [];
  let asked = 0;
  const source = shareReads(
    {
      read: async ({ toMs }) => {
        asked += 1;
        return await new Promise<Reading>((resolve) => waiting.push({ toMs, resolve }));
      },
    },
    60_000,
  );
  const reads = [1, 2, 3, 4, 5, 6, 1, 2].map(async (toMs) => await source.read(queryOf(toMs), idle));
  while (waiting.length > 0) {
    expect(waiting.length).toBeLessThanOrEqual(readsInFlightMax);
    const next = waiting.shift();
    next?.resolve({ groups: [], watermarkMs: next.toMs });
    await new Promise(setImmediate);
  }
  expect((await Promise.all(reads)).map(({ watermarkMs }) => watermarkMs)).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
  expect(asked).toBe(6);
});

it('a reading that never ends makes room after its time', async () => {
  let asked = 0;
  const source = shareReads(
    {
      read: async () => {
        asked += 1;
        return await new Promise<Reading>(() => undefined);
      },
    },
    5,
  );
  const count = 2 * readsInFlightMax + 1;
  const reads = Array.from({ length: count }, async (_, toMs) => await source.read(queryOf(toMs), idle));
  const ended = await Promise.allSettled(reads);
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
  expect(asked).toBe(count);
});

it.each([
  ['asks once for groups that several rules want their own of', false, readsInFlightMax + 1],
  ['asks each by itself where the answer to all was cut short', true, 2 * readsInFlightMax + broadFrom + 1],
])('%s', async (_name, truncated, expected) => {
  const asked: MetricQuery[] = [];
  const all = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const source = shareReads(
    {
      read: async (query) => {
        asked.push(query);
        await new Promise(setImmediate);
        const { signal } = query;
        const wanted = 'filter' in signal ? (signal.filter ?? []).map(({ value }) => value) : [];
        const services = wanted.length === 0 ? all : all.filter((service) => wanted.includes(service));
        return {
          watermarkMs: 1,
          groups: services.map((service) => ({ labels: { service }, value: 1, samples: 1 })),
          ...(wanted.length === 0 && truncated ? { truncated } : {}),
        };
      },
    },
    60_000,
  );
  const count = 2 * readsInFlightMax + broadFrom;
  const readings = await Promise.all(
    all.slice(0, count).map(async (service) => {
      const filter = [{ label: 'service', op: '=' as const, value: service }];
      const signal = { kind: 'throughput' as const, filter };
      return await source.read({ ...queryOf(1), signal, groupBy: ['service'] }, idle);
    }),
  );
  expect(readings.map(({ groups }) => groups.map(({ labels }) => labels['service']))).toEqual(
    all.slice(0, count).map((service) => [service]),
  );
  expect(asked).toHaveLength(expected);
});

it('leaves a filter on other labels, and a pattern that cannot be read, to the source', async () => {
  const filters: unknown[] = [];
  const source = shareReads(
    {
      read: async ({ signal }) => {
        filters.push('filter' in signal ? signal.filter : undefined);
        await new Promise(setImmediate);
        return { groups: [], watermarkMs: 1 };
      },
    },
    60_000,
  );
  const ask = async (label: string, value: string) => {
    const filter = [{ label, op: '=~' as const, value }];
    const signal = { kind: 'throughput' as const, filter };
    return await source.read({ ...queryOf(1), signal, groupBy: ['service'] }, idle);
  };
  const values = Array.from({ length: 8 }, (_, index) => `${index}`);
  await Promise.all(values.flatMap((value) => [ask('operation', value), ask('service', `(${value}`)]));
  expect(filters).toHaveLength(16);
  for (const filter of filters) expect(filter).toHaveLength(1);
});
