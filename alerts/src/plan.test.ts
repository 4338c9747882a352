import { expect, it } from 'vitest';
import { alertRule } from '../schema/index.ts';
import { dueTicks, planRule, ticksMax, withTicksOf } from './plan.ts';

const rule = alertRule.parse({
  uid: 'one',
  name: 'one',
  signal: { kind: 'throughput' },
  schedule: { every: '1m', window: '5m' },
  guard: { minSamples: 3, minRate: 0.1 },
  conditions: [{ severity: 'critical', threshold: 1 }],
});
const plan = { ...planRule(rule), offsetMs: 7_000 };
const tick = (k: number) => k * 60_000 + 7_000;

it.each([
  ['a new rule: the latest tick only', null, tick(10) + 59_999, [tick(10)]],
  ['nothing is due before the next tick', tick(10), tick(11) - 1, []],
  ['at the tick itself', tick(10), tick(11), [tick(11)]],
  ['missed ticks come in order', tick(10), tick(13) + 5, [tick(11), tick(12), tick(13)]],
  ['the clock went back', tick(10), tick(8), []],
  ['after the interval was changed', tick(10) + 31_000, tick(12), [tick(11), tick(12)]],
])('%s', (_name, lastTickMs, nowMs, ticks) => {
  expect(dueTicks(plan, { lastTickMs, nowMs })).toEqual({ ticks, skipped: 0 });
});

it('counts breaches over as many ticks, also where a preview looks at fewer of them', () => {
  const counting = planRule({ ...rule, breaches: { atLeast: 3, of: 5 } });
  expect(counting.policy.breaches).toEqual({ atLeast: 3, spanMs: 240_000 });
  expect(withTicksOf(counting, 600_000).policy.breaches).toEqual({ atLeast: 3, spanMs: 2_400_000 });
  expect(withTicksOf(plan, 600_000)).toEqual(plan);
});

it('after a long stop only the latest ticks are due and the others are counted', () => {
  const due = dueTicks(plan, { lastTickMs: tick(0), nowMs: tick(100) });
  expect(due.ticks).toHaveLength(ticksMax);
  expect(due.ticks.at(0)).toBe(tick(41));
  expect(due.ticks.at(-1)).toBe(tick(100));
  expect(due.skipped).toBe(40);
});

it('after a long stop no more than an hour is caught up with, and the latest tick always', () => {
  const slow = { ...plan, everyMs: 600_000 };
  expect(dueTicks(slow, { lastTickMs: 7_000, nowMs: 86_407_000 })).toMatchObject({ skipped: 138 });
  expect(dueTicks(slow, { lastTickMs: 7_000, nowMs: 86_407_000 }).ticks).toHaveLength(6);
  const daily = { ...plan, everyMs: 86_400_000 };
  expect(dueTicks(daily, { lastTickMs: 7_000, nowMs: 10 * 86_400_000 + 7_000 }).ticks).toHaveLength(1);
});

it('a rule keeps its place in the interval after a restart, and rules are spread over it', () => {
  expect(planRule(rule).offsetMs).toBe(planRule(rule).offsetMs);
  const offsets = ['a', 'b', 'c', 'd'].map((uid) => planRule({ ...rule, uid }).offsetMs);
  expect(new Set(offsets).size).toBe(4);
  for (const offset of offsets) expect(offset).toBeLessThan(60_000);
});

it('a rate guard counts as samples over the window', () => {
  expect(plan.conditions[0]?.minSamples).toBe(30);
});
