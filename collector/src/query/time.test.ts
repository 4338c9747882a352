import { expect, it } from 'vitest';
import { before, bucketsMax, planRange, resolveRange } from './time.ts';

const nowMs = 1_760_000_012_345;

it.each([
  ['now-1m', 'requests', 1_000],
  ['now-5m', 'requests', 5_000],
  ['now-15m', 'requests', 10_000],
  ['now-30m', 'requests', 30_000],
  ['now-1h', 'minutes', 60_000],
  ['now-6h', 'minutes', 300_000],
  ['now-24h', 'minutes', 900_000],
  ['now-7d', 'minutes', 7_200_000],
  ['now-30d', 'minutes', 43_200_000],
  ['now-52w', 'minutes', 604_800_000],
])('serves %s from %s in steps of %d ms', (from, source, stepMs) => {
  const plan = planRange({ from, to: 'now' }, { nowMs });
  expect(plan).toMatchObject({ source, stepMs });
  expect(plan.starts.length).toBeLessThanOrEqual(bucketsMax);
  expect(plan.starts[0]).toBeLessThanOrEqual(plan.fromMs);
  expect(plan.starts.at(-1)).toBeGreaterThanOrEqual(plan.toMs - stepMs);
  expect(before(plan)).toMatchObject({ toMs: plan.fromMs, fromMs: plan.fromMs - (plan.toMs - plan.fromMs) });
});

const since = Date.UTC(2000, 0);

it('bounds a range that is turned round or longer than anything is kept', () => {
  expect(resolveRange({ from: 'now', to: 'now-1h' }, nowMs)).toEqual({
    fromMs: nowMs - 3_600_001,
    toMs: nowMs - 3_600_000,
  });
  expect(resolveRange({ from: '0', to: '0' }, nowMs)).toEqual({ fromMs: since - 1, toMs: since });
  const plan = planRange({ from: '0', to: 'now' }, { nowMs });
  expect(plan.toMs - plan.fromMs).toBeLessThanOrEqual(801 * 86_400_000);
  expect(plan.starts.length).toBeLessThanOrEqual(bucketsMax);
});

it('divides rates by the part of the range that has passed', () => {
  expect(planRange({ from: 'now-1m', to: 'now' }, { nowMs }).seconds).toBeCloseTo(60.3, 0);
  expect(planRange({ from: String(nowMs - 600_000), to: String(nowMs - 300_000) }, { nowMs }).seconds).toBe(
    301,
  );
});
