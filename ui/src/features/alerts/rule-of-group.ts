import type { AlertRule } from '@nightjar/collector/contract';

/** The rule for one group alone: what it would do there can then be shown without that of all others. */
export function ruleOfGroup(rule: AlertRule, labels: Readonly<Record<string, string>>): AlertRule {
  const include = rule.groupBy.map((label) => ({ label, op: '=' as const, value: labels[label] ?? '' }));
  return { ...rule, enabled: true, groups: { ...rule.groups, include } };
}
