// Promise: pure. Which groups of a reading a rule watches, and which it forgets.
import { isZeroWhenAbsent } from '../schema/index.ts';
import type { Instance, Labels } from '../schema/index.ts';
import { retire } from './draft.ts';
import type { TickContext } from './draft.ts';
import { fingerprint } from './ids.ts';
import type { GroupReading, Reading } from './ports.ts';
import type { Observation } from './verdict.ts';

/** A group that was silent for so long is no longer watched. */
export const groupForgottenAfterMs = 24 * 3_600_000;

/** What was read over each window that the rule looks at. */
export type Readings = ReadonlyMap<number, Reading>;

/** A group as the rule sees it at a tick. */
export interface GroupView {
  readonly key: string;
  readonly labels: Labels;
  /** Over the window of that length. */
  readonly observe: (windowMs: number) => Observation;
}

export interface GroupsRead {
  /** All that were read and are watched, by key; the busier reading of several windows. */
  readonly present: ReadonlyMap<string, GroupReading>;
  /** Of those, the ones there is room for. */
  readonly admitted: ReadonlyMap<string, GroupReading>;
}

export const noGroups: GroupsRead = { present: new Map(), admitted: new Map() };

export function readGroups(context: TickContext, readings: Readings): GroupsRead {
  const present = new Map<string, GroupReading>();
  for (const reading of readings.values()) {
    for (const group of reading.groups) {
      if (!context.plan.isWatched(group.labels)) continue;
      const key = fingerprint(group.labels);
      if ((present.get(key)?.samples ?? -1) < group.samples) present.set(key, group);
    }
  }
  return { present, admitted: admit(context, present) };
}

/** Groups with an alert under way stay in; the busiest others fill up to the maximum. */
function admit(context: TickContext, present: ReadonlyMap<string, GroupReading>): Map<string, GroupReading> {
  const groupsMax = context.plan.rule.groups.max;
  if (present.size <= groupsMax) return new Map(present);
  const underWay = new Set(
    [...context.draft.instances.values()]
      .filter((it) => it.phase.state !== 'inactive')
      .map((it) => fingerprint(it.group))
      .filter((key) => present.has(key)),
  );
  const ordered = [...present].sort(
    ([a, left], [b, right]) =>
      Number(underWay.has(b)) - Number(underWay.has(a)) || right.samples - left.samples || (a < b ? -1 : 1),
  );
  return new Map(ordered.slice(0, Math.max(groupsMax, underWay.size)));
}

export interface ViewInput {
  readonly groups: GroupsRead;
  readonly readings: Readings;
  /** Why nothing was read, where that is so. */
  readonly blocked: Observation | undefined;
}

/** The groups that were read and those that are remembered. */
export function viewsOf(context: TickContext, input: ViewInput): GroupView[] {
  const { groups, blocked } = input;
  const known = new Map(valueInstances(context).map((it) => [fingerprint(it.group), it.group]));
  if (context.plan.rule.groupBy.length === 0) known.set(fingerprint({}), {});
  for (const [key, { labels }] of groups.admitted) known.set(key, labels);
  const lookUps = new Map([...input.readings].map(([windowMs, reading]) => [windowMs, lookUp(reading)]));
  const absent: Observation = isZeroWhenAbsent(context.plan.rule.signal)
    ? { kind: 'value', value: 0, samples: 0 }
    : { kind: 'absent' };
  return [...known].map(([key, labels]) => {
    const isCrowdedOut = groups.present.has(key) && !groups.admitted.has(key);
    const observe = (windowMs: number): Observation => {
      if (blocked !== undefined) return blocked;
      if (isCrowdedOut) return notWatched;
      return lookUps.get(windowMs)?.(key) ?? absent;
    };
    return { key, labels, observe };
  });
}

const notWatched: Observation = {
  kind: 'unknown',
  reason: 'not watched, the rule has more groups than groups.max',
};
const cutShort: Observation = {
  kind: 'unknown',
  reason: 'the reading was cut short, this group may be in the rest',
};

function lookUp(reading: Reading): (key: string) => Observation | undefined {
  const groups = new Map(reading.groups.map((group) => [fingerprint(group.labels), group]));
  return (key) => {
    const group = groups.get(key);
    if (group === undefined) return reading.truncated === true ? cutShort : undefined;
    const { value, samples, note } = group;
    if (value !== null) return { kind: 'value', value, samples, ...(note === undefined ? {} : { note }) };
    return note === undefined ? { kind: 'absent' } : { kind: 'unready', reason: note };
  };
}

/** Conditions taken out of the rule, groups by labels that it no longer groups by, and groups it leaves out. */
export function retireOutgrown(context: TickContext): void {
  const { plan } = context;
  const { rule } = plan;
  const conditions = new Set(plan.conditions.map(({ key }) => key));
  const grouping = [...rule.groupBy].sort().join();
  for (const instance of context.draft.instances.values()) {
    const labels = Object.keys(instance.group).sort().join();
    const { kind } = instance.alert;
    const fits =
      kind === 'condition'
        ? conditions.has(instance.condition) && labels === grouping
        : kind !== 'no_data' ||
          (rule.onNoData.action === 'alert' && labels === (rule.onNoData.scope === 'group' ? grouping : ''));
    if (!fits) retire(context, instance, 'rule_changed');
    else if (kind === 'condition' && !plan.isWatched(instance.group))
      retire(context, instance, 'group_excluded');
  }
}

/** Bounds the state: groups.max groups are remembered, those silent the longest go first. */
export function forgetGroups(context: TickContext): void {
  const { draft, plan, tickMs } = context;
  if (plan.rule.groupBy.length === 0) return;
  const forgottenAfterMs = Math.max(groupForgottenAfterMs, plan.policy.absentAfterMs);
  const lastSeen = new Map(valueInstances(context).map((it) => [fingerprint(it.group), it.lastSeenAt]));
  const busy = new Set(
    [...draft.instances.values()]
      .filter((it) => it.phase.state !== 'inactive')
      .map((it) => fingerprint(it.group)),
  );
  const idle = [...lastSeen]
    .filter(([key, seenAt]) => seenAt < tickMs && !busy.has(key))
    .sort(([, a], [, b]) => a - b);
  const surplus = Math.max(0, lastSeen.size - plan.rule.groups.max);
  const doomed = new Set(idle.slice(0, surplus).map(([key]) => key));
  for (const [key, seenAt] of lastSeen) if (tickMs - seenAt >= forgottenAfterMs) doomed.add(key);
  for (const instance of draft.instances.values()) {
    if (doomed.has(fingerprint(instance.group))) retire(context, instance, 'stale');
  }
}

export function valueInstances(context: TickContext): Instance[] {
  return [...context.draft.instances.values()].filter(
    (it) => it.alert.kind === 'condition' && !context.draft.removedIds.has(it.id),
  );
}
