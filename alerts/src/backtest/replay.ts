// Promise: what fires here is what the engine would have fired. Each group goes through `evaluateTick`; only ticks at which
// nothing can change are passed over. replay.test.ts holds it against the engine tick by tick.
import { isZeroWhenAbsent } from '../../schema/index.ts';
import type { AlertState, Episode } from '../../schema/index.ts';
import { openDraft } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { evaluateTick } from '../evaluate.ts';
import type { RulePlan } from '../plan.ts';
import type { PlannedCondition } from '../plan-conditions.ts';
import { isBreach } from '../verdict.ts';
import { cellAt, readingAt } from './series.ts';
import type { GroupSeries, TickGrid } from './series.ts';

export interface GroupReplay {
  readonly series: GroupSeries;
  /** Open ones have no `resolvedAt`. */
  readonly episodes: readonly Episode[];
  /** Worst state of the group's conditions from that tick on; inactive before the first. */
  readonly states: readonly { readonly tick: number; readonly state: AlertState }[];
}

export interface ReplayBudget {
  /** Ticks that may still be evaluated, over all groups; goes down. */
  evaluations: number;
}

const stateRank: Readonly<Record<AlertState, number>> = { inactive: 0, pending: 1, recovering: 2, firing: 3 };

/** Pure. Undefined when the budget is used up before the range is. */
export function replayGroup(
  plan: RulePlan,
  series: GroupSeries,
  { grid, budget }: { readonly grid: TickGrid; readonly budget: ReplayBudget },
): GroupReplay | undefined {
  // No data of the whole rule is no matter of one group.
  const own = plan.rule.onNoData.scope === 'group' ? plan : withoutNoData(plan);
  const draft = openDraft([]);
  const states: { tick: number; state: AlertState }[] = [];
  let state: AlertState = 'inactive';
  let tick = nextOfNote(own, series, { from: 0, grid });
  while (tick < grid.ticks) {
    if (budget.evaluations <= 0) return undefined;
    budget.evaluations -= 1;
    evaluateAt(own, series, { tick, grid, draft });
    const worst = worstState(draft);
    if (worst !== state) states.push({ tick, state: worst });
    state = worst;
    tick = isResting(draft) ? nextOfNote(own, series, { from: tick + 1, grid }) : tick + 1;
  }
  return { series, states, episodes: [...draft.episodes.values()] };
}

function evaluateAt(
  plan: RulePlan,
  series: GroupSeries,
  at: { readonly tick: number; readonly grid: TickGrid; readonly draft: Draft },
): void {
  const { tick, grid, draft } = at;
  const reading = readingAt(series, { windowMs: plan.windowMs, tick, plan });
  const more = new Map(
    plan.windowsMs
      .filter((windowMs) => windowMs !== plan.windowMs)
      .map((windowMs) => [windowMs, readingAt(series, { windowMs, tick, plan })]),
  );
  const tickMs = grid.firstMs + tick * grid.everyMs;
  evaluateTick({ draft, plan, tickMs }, { kind: 'read', reading, ...(more.size === 0 ? {} : { more }) });
  // What has been told is no longer needed: episodes keep it.
  draft.events.length = 0;
}

/** The next tick that could move a group at rest: a breach, its first sight where that starts a grace, or a gap in its data. */
function nextOfNote(
  plan: RulePlan,
  series: GroupSeries,
  { from, grid }: { readonly from: number; readonly grid: TickGrid },
): number {
  const watchesGaps = plan.rule.onNoData.action === 'alert';
  const breaches = plan.conditions.map((condition) => mayBreach(plan, series, condition));
  for (let tick = from; tick < grid.ticks; tick += 1) {
    if (tick === series.firstSeen && plan.graceMs > 0) return tick;
    for (const isBreaching of breaches) if (isBreaching(tick)) return tick;
    if (!watchesGaps) continue;
    if (tick + 1 < grid.ticks && isPresent(series, tick) !== isPresent(series, tick + 1)) return tick;
    if (tick > 0 && isPresent(series, tick - 1) && !isPresent(series, tick)) return tick;
  }
  return grid.ticks;
}

/** Looks at the first window alone: the others can only take a breach back. */
function mayBreach(
  plan: RulePlan,
  series: GroupSeries,
  condition: PlannedCondition,
): (tick: number) => boolean {
  const { windowMs, minSamples } = condition;
  if (isZeroWhenAbsent(plan.rule.signal)) {
    return (tick) => {
      const cell = cellAt(series, { windowMs, tick, plan });
      return cell !== undefined && cell.samples >= minSamples && isBreach(condition, cell.value);
    };
  }
  const group = series.windows.get(windowMs);
  if (group === undefined) return () => false;
  const { samples, values } = group;
  return (tick) => {
    const count = samples[tick] ?? 0;
    return count > 0 && count >= minSamples && isBreach(condition, values[tick] ?? Number.NaN);
  };
}

function isPresent(series: GroupSeries, tick: number): boolean {
  for (const { samples } of series.windows.values()) if ((samples[tick] ?? 0) > 0) return true;
  return false;
}

function worstState({ instances }: Draft): AlertState {
  let worst: AlertState = 'inactive';
  for (const { phase, alert } of instances.values())
    if (alert.kind === 'condition' && stateRank[phase.state] > stateRank[worst]) worst = phase.state;
  return worst;
}

function isResting({ instances }: Draft): boolean {
  for (const { phase } of instances.values()) if (phase.state !== 'inactive') return false;
  return true;
}

function withoutNoData(plan: RulePlan): RulePlan {
  if (plan.rule.onNoData.action !== 'alert') return plan;
  return { ...plan, rule: { ...plan.rule, onNoData: { ...plan.rule.onNoData, action: 'hold' } } };
}
