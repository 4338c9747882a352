import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { bandsMax, withBaselines } from './baseline.ts';
import type { MetricQuery, Reading } from './ports.ts';

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
/** A Wednesday, 10:00 UTC. */
const startMs = Date.UTC(2026, 2, 4, 10);

const signal = {
  kind: 'baseline' as const,
  of: { kind: 'latency' as const, quantile: 0.95 },
  seasonality: 'hour_of_week' as const,
  history: '28d',
  band: 4,
} satisfies AlertRuleInput['signal'];

function sourceOf(valueAt: (toMs: number) => number | null) {
  const asked: MetricQuery[] = [];
  const source = withBaselines({
    read: async (query): Promise<Reading> => {
      asked.push(query);
      const value = valueAt(query.toMs);
      const groups = value === null ? [] : [{ labels: { service: 'shop' }, value, samples: 100 }];
      return { groups, watermarkMs: query.toMs };
    },
  });
  const read = async (toMs: number) => {
    const query = { signal, groupBy: ['service'], fromMs: toMs - 300_000, toMs, groupsMax: 10 };
    return (await source.read(query, AbortSignal.timeout(1_000))).groups[0];
  };
  return { asked, read };
}

it('measures how far a value is from the median of the same hour in the weeks before', async () => {
  // Mornings are at 300 ± 20, the rest of the day at 30.
  const { read, asked } = sourceOf((toMs) => {
    if (toMs > startMs) return 500;
    const minute = Math.floor(toMs / 60_000);
    const isMorning = (toMs - 1) % 86_400_000 >= 10 * hourMs && (toMs - 1) % 86_400_000 < 11 * hourMs;
    return isMorning ? 300 + (minute % 2 === 0 ? 20 : -20) : 30;
  });
  const group = await read(startMs + 600_000);
  expect(group?.value).toBeCloseTo((500 - 300) / 20, 0);
  expect(group?.note).toMatch(/^500, usually \d+ ± \d+ at this hour$/);
  const past = asked.filter(({ toMs }) => toMs <= startMs);
  expect(past).toHaveLength(48);
  for (const { toMs } of past) expect((startMs + hourMs - toMs) % weekMs).toBeLessThan(hourMs);
});

it('makes a band once an hour, for all who ask the same', async () => {
  const { read, asked } = sourceOf(() => 10);
  for (let minute = 1; minute <= 60; minute += 1) await read(startMs + minute * 60_000);
  expect(asked).toHaveLength(48 + 60);
  await read(startMs + 61 * 60_000);
  expect(asked).toHaveLength(48 + 60 + 48 + 1);
});

it('judges nothing without enough values, and says so', async () => {
  const { read } = sourceOf((toMs) => (toMs > startMs - weekMs + 3 * 300_000 + 1 ? 10 : null));
  expect(await read(startMs + 60_000)).toMatchObject({ value: 10 - 10 });
  const young = sourceOf((toMs) => (toMs > startMs - hourMs ? 10 : null));
  expect(await young.read(startMs + 60_000)).toEqual({
    labels: { service: 'shop' },
    value: null,
    samples: 100,
    note: '0 values in the weeks before, a baseline needs 6',
  });
});

it('takes a series that never moves as moving a little', async () => {
  const { read } = sourceOf((toMs) => (toMs > startMs ? 103 : 100));
  expect((await read(startMs + 60_000))?.value).toBeCloseTo(0.6);
});

it('keeps so many bands, and makes one again that could not be made', async () => {
  let reads = 0;
  let isBroken = true;
  const source = withBaselines({
    read: async (query) => {
      reads += 1;
      if (isBroken && query.toMs <= startMs) throw new Error('no memory');
      return { groups: [], watermarkMs: query.toMs };
    },
  });
  const ask = async (quantile: number) => {
    const query = { groupBy: [], fromMs: startMs, toMs: startMs + 1, groupsMax: 1 };
    const given = { ...signal, of: { ...signal.of, quantile } };
    return await source.read({ ...query, signal: given }, AbortSignal.timeout(1_000));
  };
  await expect(ask(0.5)).rejects.toThrow('no memory');
  isBroken = false;
  await ask(0.5);
  const each = reads;
  await ask(0.5);
  expect(reads).toBe(each + 1);
  for (let index = 1; index <= bandsMax; index += 1) await ask(index / 1_000);
  const before = reads;
  await ask(0.5);
  expect(reads - before).toBeGreaterThan(1);
});
