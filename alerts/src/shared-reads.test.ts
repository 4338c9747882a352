import { expect, it } from 'vitest';
import type { MetricQuery, Reading } from './ports.ts';
import { readsInFlightMax, shareReads } from './shared-reads.ts';

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
