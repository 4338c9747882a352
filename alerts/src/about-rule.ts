// Promise: pure. Alerts about the rule itself: no data, a query that fails, more groups than it watches.
import type { Labels } from '../schema/index.ts';
import { advance } from './draft.ts';
import type { Seen, Subject, TickContext } from './draft.ts';
import type { GroupView, GroupsRead } from './groups.ts';
import type { RulePlan } from './plan.ts';
import type { Observation } from './verdict.ts';

const overflowListed = 10;

export interface RuleSeen {
  readonly views: readonly GroupView[];
  readonly groups: GroupsRead;
  readonly blocked: Observation | undefined;
  /** The store answers nobody: not this rule's own failure. */
  readonly isStoreDown: boolean;
}

export function watchRule(context: TickContext, seen: RuleSeen): void {
  watchNoData(context, seen);
  watchErrors(context, seen);
  watchOverflow(context, seen);
}

function watchNoData(context: TickContext, { views, groups, blocked }: RuleSeen): void {
  const { rule, windowMs } = context.plan;
  if (rule.onNoData.action !== 'alert') return;
  if (rule.onNoData.scope === 'group') {
    for (const { key, labels, observe } of views) {
      const isSilent = blocked === undefined && !groups.present.has(key);
      observeNoData(context, labels, isSilent ? absentOrUnknown(observe(windowMs)) : observe(windowMs));
    }
    return;
  }
  const observation: Observation =
    blocked ?? (groups.present.size > 0 ? { kind: 'value', value: 0, samples: 0 } : { kind: 'absent' });
  observeNoData(context, {}, observation);
}

// A count of nothing is a value for the condition, and no data for this.
function absentOrUnknown(observation: Observation): Observation {
  return observation.kind === 'value' ? { kind: 'absent' } : observation;
}

function observeNoData(context: TickContext, group: Labels, { kind }: Observation): void {
  const { plan } = context;
  const subject = aboutRule(plan, { kind: 'no_data', group });
  const where = Object.entries(group).map(([label, value]) => `${label}=${value}`);
  const gone = `no data for ${plan.rule.name}${where.length === 0 ? '' : ` (${where.join(', ')})`}`;
  const verdict = kind === 'value' ? 'ok' : kind === 'absent' ? 'breach' : 'unknown';
  const reason = {
    ok: 'data is arriving',
    breach: gone,
    unknown: 'cannot tell now whether data is arriving',
  };
  advance(context, subject, { verdict, reason: reason[verdict], value: null, samples: null });
}

function watchErrors(context: TickContext, { blocked, isStoreDown }: RuleSeen): void {
  const isFailure = blocked?.kind === 'failed' && !isStoreDown;
  const verdict = blocked === undefined ? 'ok' : isFailure ? 'breach' : 'unknown';
  const reason = blocked?.kind === 'failed' ? `the query fails: ${blocked.reason}` : 'the query works';
  const subject = aboutRule(context.plan, { kind: 'rule_error', group: {} });
  watchIfKnown(context, subject, { verdict, reason, value: null, samples: null });
}

function watchOverflow(context: TickContext, { groups, blocked }: RuleSeen): void {
  const { plan } = context;
  const groupsMax = plan.rule.groups.max;
  const overflows = groups.present.size > groupsMax;
  const subject = { ...aboutRule(plan, { kind: 'group_overflow', group: {} }), threshold: groupsMax };
  watchIfKnown(context, subject, {
    verdict: blocked !== undefined ? 'unknown' : overflows ? 'breach' : 'ok',
    reason: overflows
      ? `${groups.present.size} groups, watches ${groupsMax}; the busiest: ${busiest(groups).join(', ')}`
      : 'all groups are watched',
    value: groups.present.size,
    samples: null,
  });
}

function busiest({ admitted }: GroupsRead): string[] {
  return [...admitted.values()]
    .sort((a, b) => b.samples - a.samples)
    .slice(0, overflowListed)
    .map(({ labels }) => Object.values(labels).join(' '));
}

// These exist only once something went wrong: most rules never have them.
function watchIfKnown(context: TickContext, subject: Subject, seen: Seen): void {
  if (seen.verdict === 'breach' || isKnown(context, subject.condition)) advance(context, subject, seen);
}

function isKnown({ draft }: TickContext, condition: string): boolean {
  for (const it of draft.instances.values()) if (it.condition === condition) return true;
  return false;
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
