import type { Count } from '@nightjar/alerts';
import { durationMs } from '@nightjar/alerts/schema';
import type { AlertRule } from '@nightjar/alerts/schema';

/** Beyond the shortest interval of a rule: a few slow ticks are no reason to call alerting dead. */
export const evaluationGraceMs = 300_000;

export interface FreshnessOptions {
  readonly count: Count;
  readonly now: () => number;
  readonly rules: () => readonly AlertRule[];
}

/** Counts as before, and knows by it whether rules are being evaluated: what a heartbeat vouches for. */
export function createFreshness({ count, now, rules }: FreshnessOptions) {
  let lastEvaluatedMs = now();
  const lagMs = () => {
    const intervals = rules()
      .filter(({ enabled }) => enabled)
      .map(({ schedule }) => durationMs(schedule.every));
    return intervals.length === 0 ? 0 : Math.max(0, now() - lastEvaluatedMs - Math.min(...intervals));
  };
  return {
    count: ((counter, by) => {
      // Where another collector evaluates, it answers for the delay.
      if (counter === 'ticks_evaluated' || counter === 'turns_followed') lastEvaluatedMs = now();
      count(counter, by);
    }) satisfies Count,
    /** How long ago the rule with the shortest interval should have been evaluated and was not. */
    lagMs,
    isEvaluating: () => lagMs() <= evaluationGraceMs,
  };
}
