// Promise: pure. Readings and time come in, the draft goes one tick further.
import { watchRule } from './about-rule.ts';
import { advance, groupSince } from './draft.ts';
import type { Subject, TickContext } from './draft.ts';
import { forgetGroups, noGroups, readGroups, retireOutgrown, viewsOf } from './groups.ts';
import type { GroupView, Readings } from './groups.ts';
import type { RulePlan } from './plan.ts';
import type { PlannedCondition } from './plan-conditions.ts';
import type { Reading } from './ports.ts';
import { judge, judgeTogether } from './verdict.ts';
import type { Observation, Verdict } from './verdict.ts';

export type ReadOutcome =
  | {
      readonly kind: 'read';
      /** Over `plan.windowMs`. */
      readonly reading: Reading;
      /** Over the other windows of `plan.windowsMs`, by their length. */
      readonly more?: Readings;
    }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The store answers nobody. */
  | { readonly kind: 'down'; readonly reason: string };

export interface TickOutcome {
  readonly groupsDropped: number;
}

export function evaluateTick(context: TickContext, outcome: ReadOutcome): TickOutcome {
  retireOutgrown(context);
  const { views, groups, blocked } = lookAt(context, outcome);
  for (const view of views) judgeGroup(context, view);
  watchRule(context, { views, groups, blocked, isStoreDown: outcome.kind === 'down' });
  if (blocked === undefined) forgetGroups(context);
  return { groupsDropped: groups.present.size - groups.admitted.size };
}

/** The groups of an outcome as the rule sees them, without changing anything. */
export function lookAt(context: TickContext, outcome: ReadOutcome) {
  const blocked = blockedBy(context, outcome);
  const readings = blocked === undefined ? readingsOf(context.plan, outcome) : new Map<number, Reading>();
  const groups = blocked === undefined ? readGroups(context, readings) : noGroups;
  return { blocked, groups, views: viewsOf(context, { groups, readings, blocked }) };
}

export function readingsOf({ windowMs }: RulePlan, outcome: ReadOutcome): Readings {
  return outcome.kind === 'read'
    ? new Map([[windowMs, outcome.reading], ...(outcome.more ?? [])])
    : new Map();
}

function blockedBy(context: TickContext, outcome: ReadOutcome): Observation | undefined {
  if (outcome.kind !== 'read') return { kind: 'failed', reason: outcome.reason };
  const watermarkMs = Math.min(
    ...[...readingsOf(context.plan, outcome).values()].map((reading) => reading.watermarkMs),
  );
  const behindMs = context.tickMs - context.plan.delayMs - watermarkMs;
  if (behindMs <= 0) return undefined;
  return {
    kind: 'unknown',
    reason: `data received is not all queryable yet, ${Math.ceil(behindMs / 1_000)} s behind`,
  };
}

function judgeGroup(context: TickContext, view: GroupView): void {
  for (const condition of context.plan.conditions) {
    const verdict = verdictOf(context, { view, condition });
    const seen = { ...verdict, verdict: verdict.kind, isAbsent: verdict.samples === 0 };
    advance(context, subjectOf(context.plan, { condition, view }), seen);
  }
}

export interface Judging {
  readonly view: GroupView;
  readonly condition: PlannedCondition;
}

/** What a condition says of a group over all its windows. */
export function verdictOf(context: TickContext, { view, condition }: Judging): Verdict {
  const { plan, tickMs } = context;
  const graceLeftMs = plan.graceMs === 0 ? 0 : groupSince(context, view.labels) + plan.graceMs - tickMs;
  if (graceLeftMs > 0) return newGroup(graceLeftMs);
  const { unit } = plan;
  const { minSamples, badEvents } = condition;
  const first = judge(view.observe(condition.windowMs), { condition, minSamples, unit, badEvents });
  if (condition.and.length === 0) return first;
  const others = condition.and.map((it) => ({
    window: it.window,
    verdict: judge(view.observe(it.windowMs), { condition: it, minSamples: 0, unit }),
  }));
  return judgeTogether(first, others);
}

export function subjectOf(
  plan: RulePlan,
  { condition, view }: { readonly condition: PlannedCondition; readonly view: Pick<GroupView, 'labels'> },
): Subject {
  const { severity, op, threshold, key } = condition;
  return {
    severity,
    op,
    threshold,
    kind: 'condition',
    condition: key,
    group: view.labels,
    unit: plan.unit,
    policy: plan.policy,
  };
}

function newGroup(graceLeftMs: number): Verdict {
  const reason = `the group is new, it is judged in ${Math.ceil(graceLeftMs / 1_000)} s`;
  return { kind: 'insufficient', reason, value: null, samples: null };
}
