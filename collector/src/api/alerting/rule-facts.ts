import type { Alert, AlertRule, Episode } from '@nightjar/alerts/schema';
import type { RuleFacts, RuleSource } from '../../contract/index.ts';

export interface FactsInput {
  readonly rules: readonly AlertRule[];
  readonly alerts: readonly Alert[];
  /** Newest first. */
  readonly episodes: readonly Episode[];
  readonly sourceOf: (uid: string) => RuleSource;
  /** Not all alerts are among `alerts`; those that fire are. */
  readonly isPartial?: boolean;
}

/** One row a rule, in the order of the rules. */
export function ruleFacts(input: FactsInput): RuleFacts[] {
  const { rules, alerts, episodes, sourceOf, isPartial = false } = input;
  const byRule = Map.groupBy(alerts, ({ ruleUid }) => ruleUid);
  const lastFired = new Map<string, number>();
  for (const { ruleUid, firedAt } of episodes)
    lastFired.set(ruleUid, Math.max(lastFired.get(ruleUid) ?? 0, firedAt));
  return rules.map(({ uid }) => {
    const own = byRule.get(uid) ?? [];
    const spokesman = own.toSorted(worstFirst)[0];
    return {
      uid,
      source: sourceOf(uid),
      groups: isPartial ? null : new Set(own.map(({ labels }) => JSON.stringify(labels))).size,
      firing: own.filter(({ state }) => state === 'firing' || state === 'recovering').length,
      pending: own.filter(({ state }) => state === 'pending').length,
      lastVerdict: spokesman?.lastVerdict ?? null,
      reason: spokesman?.reason ?? null,
      evaluatedAt: spokesman?.evaluatedAt ?? null,
      lastFiredAt: lastFired.get(uid) ?? null,
    };
  });
}

const stateRank: Readonly<Record<Alert['state'], number>> = {
  firing: 0,
  recovering: 1,
  pending: 2,
  inactive: 3,
};
const verdictRank: Readonly<Record<Alert['lastVerdict'], number>> = {
  breach: 0,
  error: 1,
  unknown: 2,
  nodata: 3,
  insufficient: 4,
  deadband: 5,
  ok: 6,
};

export function worstFirst(left: Alert, right: Alert): number {
  return (
    stateRank[left.state] - stateRank[right.state] ||
    verdictRank[left.lastVerdict] - verdictRank[right.lastVerdict] ||
    right.evaluatedAt - left.evaluatedAt
  );
}
