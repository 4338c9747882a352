import { alertRule } from '@nightjar/alerts/schema';
import { expect, it } from 'vitest';
import { createFreshness, evaluationGraceMs } from './evaluation-freshness.ts';

const rule = (every: string, enabled = true) =>
  alertRule.parse({
    uid: `every-${every}`,
    name: every,
    enabled,
    signal: { kind: 'error_rate' },
    schedule: { every },
    conditions: [{ severity: 'critical', threshold: 1 }],
  });

it('lags when the rule with the shortest interval was not evaluated in it, and is dead after the grace', () => {
  let nowMs = 0;
  const counted: string[] = [];
  const rules = [rule('1m'), rule('5m'), rule('1s', false)];
  const { count, lagMs, isEvaluating } = createFreshness({
    count: (counter) => counted.push(counter),
    now: () => nowMs,
    rules: () => rules,
  });
  nowMs = 60_000;
  expect(lagMs()).toBe(0);
  nowMs = 90_000;
  expect(lagMs()).toBe(30_000);
  count('reads_failed', 1);
  expect(lagMs()).toBe(30_000);
  nowMs = 60_000 + evaluationGraceMs;
  expect(isEvaluating()).toBe(true);
  nowMs += 1;
  expect(isEvaluating()).toBe(false);
  count('ticks_evaluated', 1);
  expect([lagMs(), isEvaluating(), counted]).toEqual([0, true, ['reads_failed', 'ticks_evaluated']]);
});

it('without rules nothing can lag', () => {
  let nowMs = 0;
  const { lagMs } = createFreshness({ count: () => undefined, now: () => nowMs, rules: () => [] });
  nowMs = 1e9;
  expect(lagMs()).toBe(0);
});
