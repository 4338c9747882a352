import { openDraft } from '../draft.ts';
import { verdictOf } from '../evaluate.ts';
import type { RulePlan } from '../plan.ts';
import type { PlannedCondition } from '../plan-conditions.ts';
import type { Observation, Verdict } from '../verdict.ts';
import { cellAt, samplesAt } from './series.ts';
import type { GroupSeries, TickGrid } from './series.ts';

export interface JudgedTick {
  readonly condition: PlannedCondition;
  readonly tick: number;
  readonly grid: TickGrid;
}

/** The engine's verdict, with its reason, of one condition on one group at one tick. */
export function judgeAt(plan: RulePlan, series: GroupSeries, { condition, tick, grid }: JudgedTick): Verdict {
  const isNew = (tick - series.firstSeen) * grid.everyMs < plan.graceMs;
  const context = {
    draft: nothingKnown,
    plan: isNew || plan.graceMs === 0 ? plan : { ...plan, graceMs: 0 },
    tickMs: grid.firstMs + tick * grid.everyMs,
  };
  const observe = (windowMs: number): Observation => observed(plan, series, { windowMs, tick });
  return verdictOf(context, { view: { key: series.key, labels: series.labels, observe }, condition });
}

const nothingKnown = openDraft([]);

function observed(
  plan: RulePlan,
  series: GroupSeries,
  { windowMs, tick }: { readonly windowMs: number; readonly tick: number },
): Observation {
  const cell = cellAt(series, { windowMs, tick, plan });
  if (cell !== undefined) {
    const { value, samples, isBound } = cell;
    return { kind: 'value', value, samples, ...(isBound ? { note: 'the slowest request' } : {}) };
  }
  const samples = samplesAt(series, windowMs, tick);
  return samples > 0 ? { kind: 'value', value: 0, samples } : { kind: 'absent' };
}
