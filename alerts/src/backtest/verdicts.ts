import type { RulePreview, VerdictKind } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';
import { isBreach } from '../verdict.ts';
import { judgeAt } from './judge-at.ts';
import { cellAt, samplesAt } from './series.ts';
import type { GroupSeries, TickGrid } from './series.ts';

/** How often the most severe condition said what. Millions of ticks are sorted by figures, those in doubt by the judge. */
export function countVerdicts(
  plan: RulePlan,
  series: readonly GroupSeries[],
  grid: TickGrid,
): RulePreview['verdicts'] {
  const counts: Partial<Record<VerdictKind, number>> = {};
  const [condition] = plan.conditions;
  if (condition === undefined) return counts;
  const { windowMs, minSamples } = condition;
  for (const group of series) {
    for (let tick = Math.min(group.firstSeen, grid.ticks); tick < grid.ticks; tick += 1) {
      const verdict = quick(tick) ?? judgeAt(plan, group, { condition, tick, grid }).kind;
      counts[verdict] = (counts[verdict] ?? 0) + 1;
    }

    function quick(tick: number): VerdictKind | undefined {
      const cell = cellAt(group, { windowMs, tick, plan });
      if (cell === undefined) return samplesAt(group, windowMs, tick) > 0 ? 'insufficient' : 'nodata';
      if (cell.samples < minSamples) return 'insufficient';
      const isPlain = condition !== undefined && condition.recover === undefined;
      return isPlain && !isBreach(condition, cell.value) ? 'ok' : undefined;
    }
  }
  return counts;
}
