// Promise: pure. Reading and time come in, the draft goes one tick further.
import type { Instance, Labels } from '../schema/index.ts';
import { advance, retire } from './draft.ts';
import type { Subject, TickContext } from './draft.ts';
import { fingerprint } from './ids.ts';
import type { RulePlan } from './plan.ts';
import type { GroupReading, Reading } from './ports.ts';
import { judge } from './verdict.ts';
import type { Observation } from './verdict.ts';

export type ReadOutcome =
  { readonly kind: 'read'; readonly reading: Reading } | { readonly kind: 'failed'; readonly reason: string };

/** A group that was silent for so long is no longer watched. */
export const groupForgottenAfterMs = 24 * 3_600_000;
const overflowListed = 10;
const notWatched: Observation = {
  kind: 'unknown',
  reason: 'not watched, the rule has more groups than groups.max',
};

interface GroupView {
  readonly labels: Labels;
  readonly observation: Observation;
}

export interface TickOutcome {
  readonly groupsDropped: number;
}

export function evaluateTick(context: TickContext, outcome: ReadOutcome): TickOutcome {
  retireOutgrown(context);
  const blocked = blockedBy(context, outcome);
  const present =
    blocked === undefined && outcome.kind === 'read'
      ? byGroup(outcome.reading.groups)
      : new Map<string, GroupReading>();
  const admitted = admit(context, present);
  const views = viewsOf(context, { present, admitted, missing: blocked ?? missingFrom(outcome) });
  for (const view of views) judgeGroup(context, view);
  watchNoData(context, { views, blocked });
  watchErrors(context, blocked);
  watchOverflow(context, { present, admitted, blocked });
  if (blocked === undefined) forgetGroups(context);
  return { groupsDropped: present.size - admitted.size };
}

function blockedBy(context: TickContext, outcome: ReadOutcome): Observation | undefined {
  if (outcome.kind === 'failed') return { kind: 'failed', reason: outcome.reason };
  const behindMs = context.tickMs - context.plan.delayMs - outcome.reading.watermarkMs;
  if (behindMs <= 0) return undefined;
  return {
    kind: 'unknown',
    reason: `data received is not all queryable yet, ${Math.ceil(behindMs / 1_000)} s behind`,
  };
}

function missingFrom(outcome: ReadOutcome): Observation {
  return outcome.kind === 'read' && outcome.reading.truncated === true
    ? { kind: 'unknown', reason: 'the reading was cut short, this group may be in the rest' }
    : { kind: 'absent' };
}

function byGroup(groups: readonly GroupReading[]): Map<string, GroupReading> {
  return new Map(groups.map((group) => [fingerprint(group.labels), group]));
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

function viewsOf(
  context: TickContext,
  read: {
    readonly present: ReadonlyMap<string, GroupReading>;
    readonly admitted: ReadonlyMap<string, GroupReading>;
    readonly missing: Observation;
  },
): GroupView[] {
  const views = new Map<string, GroupView>();
  for (const instance of valueInstances(context)) {
    const key = fingerprint(instance.group);
    const observation = read.present.has(key) ? notWatched : read.missing;
    views.set(key, { labels: instance.group, observation });
  }
  if (context.plan.rule.groupBy.length === 0)
    views.set(fingerprint({}), { labels: {}, observation: read.missing });
  for (const [key, { labels, value, samples }] of read.admitted) {
    const observation: Observation = value === null ? { kind: 'absent' } : { kind: 'value', value, samples };
    views.set(key, { labels, observation });
  }
  return [...views.values()];
}

function judgeGroup(context: TickContext, view: GroupView): void {
  const { plan } = context;
  for (const condition of plan.conditions) {
    const verdict = judge(view.observation, { condition, minSamples: plan.minSamples, unit: plan.unit });
    const { severity, op, threshold } = condition;
    const subject: Subject = {
      severity,
      op,
      threshold,
      kind: 'condition',
      condition: severity,
      group: view.labels,
      unit: plan.unit,
      policy: plan.policy,
    };
    advance(context, subject, { ...verdict, verdict: verdict.kind });
  }
}

function watchNoData(
  context: TickContext,
  seen: { readonly views: readonly GroupView[]; readonly blocked: Observation | undefined },
): void {
  const { rule } = context.plan;
  if (rule.onNoData.action !== 'alert') return;
  if (rule.onNoData.scope === 'group') {
    for (const view of seen.views) observeNoData(context, view);
    return;
  }
  const some = seen.views.find(({ observation }) => observation.kind === 'value');
  const observation = seen.blocked ?? some?.observation ?? { kind: 'absent' };
  observeNoData(context, { labels: {}, observation });
}

function observeNoData(context: TickContext, view: GroupView): void {
  const { plan } = context;
  const subject = aboutRule(plan, { kind: 'no_data', group: view.labels });
  const { kind } = view.observation;
  const where = Object.entries(view.labels).map(([label, value]) => `${label}=${value}`);
  const gone = `no data for ${plan.rule.name}${where.length === 0 ? '' : ` (${where.join(', ')})`}`;
  const verdict = kind === 'value' ? 'ok' : kind === 'absent' ? 'breach' : 'unknown';
  const reason = {
    ok: 'data is arriving',
    breach: gone,
    unknown: 'cannot tell now whether data is arriving',
  };
  advance(context, subject, { verdict, reason: reason[verdict], value: null, samples: null });
}

function watchErrors(context: TickContext, blocked: Observation | undefined): void {
  const verdict = blocked === undefined ? 'ok' : blocked.kind === 'failed' ? 'breach' : 'unknown';
  const reason = blocked?.kind === 'failed' ? `the query fails: ${blocked.reason}` : 'the query works';
  watchIfKnown(context, aboutRule(context.plan, { kind: 'rule_error', group: {} }), {
    verdict,
    reason,
    value: null,
    samples: null,
  });
}

function watchOverflow(
  context: TickContext,
  groups: {
    readonly present: ReadonlyMap<string, GroupReading>;
    readonly admitted: ReadonlyMap<string, GroupReading>;
    readonly blocked: Observation | undefined;
  },
): void {
  const { plan } = context;
  const groupsMax = plan.rule.groups.max;
  const overflows = groups.present.size > groupsMax;
  const top = [...groups.admitted.values()]
    .sort((a, b) => b.samples - a.samples)
    .slice(0, overflowListed)
    .map(({ labels }) => Object.values(labels).join(' '));
  const subject = { ...aboutRule(plan, { kind: 'group_overflow', group: {} }), threshold: groupsMax };
  watchIfKnown(context, subject, {
    verdict: groups.blocked !== undefined ? 'unknown' : overflows ? 'breach' : 'ok',
    reason: overflows
      ? `${groups.present.size} groups, watches ${groupsMax}; the busiest: ${top.join(', ')}`
      : 'all groups are watched',
    value: groups.present.size,
    samples: null,
  });
}

// These exist only once something went wrong: most rules never have them.
function watchIfKnown(context: TickContext, subject: Subject, seen: Parameters<typeof advance>[2]): void {
  const isKnown = [...context.draft.instances.values()].some((it) => it.condition === subject.condition);
  if (isKnown || seen.verdict === 'breach') advance(context, subject, seen);
}

function aboutRule(
  plan: RulePlan,
  about: { readonly kind: 'no_data' | 'rule_error' | 'group_overflow'; readonly group: Labels },
): Subject {
  const policies = {
    no_data: plan.noDataPolicy,
    rule_error: plan.errorPolicy,
    group_overflow: plan.overflowPolicy,
  };
  const worst = plan.conditions[0]?.severity ?? 'warning';
  return {
    kind: about.kind,
    condition: about.kind,
    group: about.group,
    severity: about.kind === 'no_data' ? worst : 'warning',
    op: about.kind === 'group_overflow' ? '>' : null,
    threshold: null,
    unit: about.kind === 'group_overflow' ? 'groups' : '',
    policy: policies[about.kind],
  };
}

/** Conditions taken out of the rule, and groups by labels that it no longer groups by. */
function retireOutgrown(context: TickContext): void {
  const { rule } = context.plan;
  const severities = new Set<string>(rule.conditions.map(({ severity }) => severity));
  const grouping = [...rule.groupBy].sort().join();
  for (const instance of context.draft.instances.values()) {
    const labels = Object.keys(instance.group).sort().join();
    const { kind } = instance.alert;
    const fits =
      kind === 'condition'
        ? severities.has(instance.condition) && labels === grouping
        : kind !== 'no_data' ||
          (rule.onNoData.action === 'alert' && labels === (rule.onNoData.scope === 'group' ? grouping : ''));
    if (!fits) retire(context, instance, 'rule_changed');
  }
}

/** Bounds the state: groups.max groups are remembered, those silent the longest go first. */
function forgetGroups(context: TickContext): void {
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

function valueInstances(context: TickContext): Instance[] {
  return [...context.draft.instances.values()].filter(
    (it) => it.alert.kind === 'condition' && !context.draft.removedIds.has(it.id),
  );
}
