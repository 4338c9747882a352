import { isDeepStrictEqual } from 'node:util';
import type { AlertRule } from '../schema/index.ts';

export type RuleChange =
  | { readonly kind: 'added'; readonly rule: AlertRule }
  | { readonly kind: 'removed'; readonly rule: AlertRule }
  | {
      readonly kind: 'changed';
      readonly rule: AlertRule;
      readonly before: AlertRule;
      /** Top-level fields that differ. */
      readonly fields: readonly string[];
    };

/** Pure. What happens when the wanted rules take the place of those that run, by uid; tests are no part of it. */
export function planChanges(
  running: readonly AlertRule[],
  wanted: readonly AlertRule[],
): readonly RuleChange[] {
  const before = new Map(running.map((rule) => [rule.uid, rule]));
  const after = new Set(wanted.map(({ uid }) => uid));
  const changes = wanted.flatMap((rule): RuleChange[] => {
    const old = before.get(rule.uid);
    if (old === undefined) return [{ kind: 'added', rule }];
    const fields = differing(old, rule);
    return fields.length === 0 ? [] : [{ kind: 'changed', rule, before: old, fields }];
  });
  const removed = running.filter(({ uid }) => !after.has(uid));
  return [...changes, ...removed.map((rule): RuleChange => ({ kind: 'removed', rule }))];
}

function differing(before: AlertRule, after: AlertRule): string[] {
  const left: Readonly<Record<string, unknown>> = { ...before };
  const right: Readonly<Record<string, unknown>> = { ...after };
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]);
  fields.delete('tests');
  return [...fields].filter((field) => !isDeepStrictEqual(left[field], right[field]));
}
