import { setImmediate } from 'node:timers/promises';
import type { RulePreview, VerdictKind } from '../../schema/index.ts';
import { isZeroWhenAbsent } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';
import type { PlannedCondition } from '../plan-conditions.ts';
import { isBreach } from '../verdict.ts';
import { judgeAt } from './judge-at.ts';
import type { GroupSeries, TickGrid } from './series.ts';

/**
 * The kind of a verdict without its words, for millions of ticks. verdicts.test.ts holds it against the judge; what is not
 * plain is asked of the judge itself.
 */
export function verdictsOf(
  plan: RulePlan,
  series: GroupSeries,
  { condition, grid }: { readonly condition: PlannedCondition; readonly grid: TickGrid },
): (tick: number) => VerdictKind {
  const { windowMs, minSamples, threshold, upper, recover, op } = condition;
  const isPlain = condition.and.length === 0 && condition.badEvents === undefined && plan.graceMs === 0;
  if (!isPlain || isZeroWhenAbsent(plan.rule.signal))
    return (tick) => judgeAt(plan, series, { condition, tick, grid }).kind;
  const group = series.windows.get(windowMs);
  if (group === undefined) return () => 'nodata';
  const { samples, values } = group;
  const limit = { op, threshold, upper };
  const safe = recover === undefined || op === 'outside' ? undefined : { op, threshold: recover };
  return (tick) => {
    const count = samples[tick] ?? 0;
    if (count === 0) return 'nodata';
    if (count < minSamples) return 'insufficient';
    const value = values[tick] ?? 0;
    if (Number.isNaN(value)) return judgeAt(plan, series, { condition, tick, grid }).kind;
    if (isBreach(limit, value)) return 'breach';
    return safe !== undefined && isBreach(safe, value) ? 'deadband' : 'ok';
  };
}

/** How often the most severe condition said what. */
export async function countVerdicts(
  plan: RulePlan,
  series: readonly GroupSeries[],
  grid: TickGrid,
): Promise<RulePreview['verdicts']> {
  const counts: Partial<Record<VerdictKind, number>> = {};
  const [condition] = plan.conditions;
  if (condition === undefined) return counts;
  for (const group of series) {
    countGroup(counts, group, { verdictAt: verdictsOf(plan, group, { condition, grid }), ticks: grid.ticks });
    // The process has requests to answer meanwhile.
    await setImmediate();
  }
  return counts;
}

function countGroup(
  counts: Partial<Record<VerdictKind, number>>,
  group: GroupSeries,
  { verdictAt, ticks }: { readonly verdictAt: (tick: number) => VerdictKind; readonly ticks: number },
): void {
  for (let tick = Math.min(group.firstSeen, ticks); tick < ticks; tick += 1) {
    const verdict = verdictAt(tick);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
}
