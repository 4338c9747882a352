import type { Episode, Labels, PreviewEpisode } from '../../schema/index.ts';
import { fingerprint } from '../ids.ts';
import type { RulePlan } from '../plan.ts';
import type { PlannedCondition } from '../plan-conditions.ts';
import { judgeAt } from './judge-at.ts';
import { cellAt } from './series.ts';
import type { GroupSeries, TickGrid } from './series.ts';

export function describeEpisode(
  episode: Episode,
  {
    plan,
    grid,
    watched,
  }: { readonly plan: RulePlan; readonly grid: TickGrid; readonly watched: readonly GroupSeries[] },
): PreviewEpisode {
  const { kind, severity, activeAt, firedAt, resolvedAt, resolveReason, value, samples } = episode;
  const group = groupOf(plan, episode.labels);
  const series = watched.find(({ key }) => key === fingerprint(group));
  const condition = plan.conditions.find(
    (it) => it.severity === severity && it.op === episode.op && it.threshold === episode.threshold,
  );
  const isJudged = kind === 'condition' && series !== undefined && condition !== undefined;
  const fired = Math.round((firedAt - grid.firstMs) / grid.everyMs);
  const ended = resolvedAt === null ? grid.ticks : Math.round((resolvedAt - grid.firstMs) / grid.everyMs);
  return {
    kind,
    severity,
    group,
    activeAt,
    firedAt,
    resolvedAt,
    resolveReason,
    value,
    samples,
    worst: isJudged ? worstOf(plan, series, { condition, from: fired, to: ended }) : null,
    reason: isJudged
      ? judgeAt(plan, series, { condition, tick: fired, grid }).reason
      : 'no data arrived for as long as the rule waits',
  };
}

/** The group alone: an episode's labels hold the rule's own too. */
function groupOf({ rule }: RulePlan, labels: Labels): Labels {
  return Object.fromEntries(rule.groupBy.flatMap((it) => (it in labels ? [[it, labels[it] ?? '']] : [])));
}

function worstOf(
  plan: RulePlan,
  series: GroupSeries,
  {
    condition,
    from,
    to,
  }: { readonly condition: PlannedCondition; readonly from: number; readonly to: number },
): number | null {
  let worst: number | null = null;
  for (let tick = from; tick < to; tick += 1) {
    const cell = cellAt(series, { windowMs: condition.windowMs, tick, plan });
    if (cell !== undefined && (worst === null || isWorse(condition, cell.value, worst))) worst = cell.value;
  }
  return worst;
}

/** Further past the threshold. */
export function isWorse({ op, threshold, upper }: PlannedCondition, value: number, other: number): boolean {
  if (op === '>' || op === '>=') return value > other;
  if (op !== 'outside') return value < other;
  const middle = (threshold + (upper ?? threshold)) / 2;
  return Math.abs(value - middle) > Math.abs(other - middle);
}
