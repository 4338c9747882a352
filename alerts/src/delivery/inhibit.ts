import type { Alert, AlertRule, Inhibition, Labels } from '../../schema/index.ts';
import { compileMatchers, subjectOf } from './matching.ts';
import type { LabelTest } from './matching.ts';
import { eachIntent } from './pipeline.ts';
import type { Intent, Stage } from './pipeline.ts';

/** Firing alerts looked at as sources. With more, some do not inhibit: a message too many, never one too few. */
export const inhibitSourcesMax = 10_000;

export interface Inhibitor {
  readonly isSource: LabelTest;
  readonly isTarget: LabelTest;
  readonly equal: readonly string[];
  /** False when no alert of the rule can be a source; such rules are evaluated after those that can. */
  readonly mayStartFrom: (rule: AlertRule) => boolean;
}

export function compileInhibition({ source, target, equal }: Inhibition): Inhibitor {
  return {
    isSource: compileMatchers(source),
    isTarget: compileMatchers(target),
    equal,
    mayStartFrom: (rule) => {
      const fixed: Labels = { ...rule.labels, alertname: rule.name, rule_uid: rule.uid };
      return compileMatchers(source.filter(({ label }) => label in fixed && !rule.groupBy.includes(label)))(
        fixed,
      );
    },
  };
}

/**
 * Holds back targets while a source with equal labels fires; resolves of what people were told pass. An alert that is
 * source and target of one inhibition is not held back by another such, or two would silence each other for ever.
 */
export function inhibiting(inhibitors: readonly Inhibitor[], firing: readonly Alert[]): Stage {
  const stored = inhibitors.map((inhibitor) => ({ inhibitor, known: indexSources(inhibitor, firing) }));
  return (intents, context) => {
    if (inhibitors.length === 0 || intents.length === 0) return { pass: intents, withheld: [] };
    // The rule's own alerts are newer in hand than in the store.
    const own = context.instances.filter(({ episode }) => episode !== null).map(({ alert }) => alert);
    const active = stored.map((it) => ({ ...it, own: indexSources(it.inhibitor, own) }));
    return eachIntent((intent) => (isHeldBack(intent, active) ? 'inhibited' : intent))(intents, context);
  };
}

/** Rules with a firing source, by the key of its equal labels. */
type RulesByKey = ReadonlyMap<string, ReadonlySet<string>>;

interface Sources {
  readonly all: RulesByKey;
  /** Of those that are no targets themselves. */
  readonly pure: RulesByKey;
}

interface ActiveInhibitor {
  readonly inhibitor: Inhibitor;
  readonly known: Sources;
  readonly own: Sources;
}

function indexSources(inhibitor: Inhibitor, alerts: readonly Alert[]): Sources {
  const all = new Map<string, Set<string>>();
  const pure = new Map<string, Set<string>>();
  for (const alert of alerts) {
    const subject = subjectOf(alert);
    if (!inhibitor.isSource(subject)) continue;
    const key = keyOf(subject, inhibitor.equal);
    for (const index of inhibitor.isTarget(subject) ? [all] : [all, pure])
      index.set(key, (index.get(key) ?? new Set()).add(alert.ruleUid));
  }
  return { all, pure };
}

function isHeldBack(intent: Intent, active: readonly ActiveInhibitor[]): boolean {
  if (intent.kind === 'resolve' && !intent.isMissed) return false;
  const { alert } = intent.instance;
  const subject = subjectOf(alert);
  return active.some(({ inhibitor, known, own }) => {
    if (!inhibitor.isTarget(subject)) return false;
    const key = keyOf(subject, inhibitor.equal);
    const side = inhibitor.isSource(subject) ? 'pure' : 'all';
    const others = known[side].get(key) ?? new Set();
    return own[side].has(key) || others.size > (others.has(alert.ruleUid) ? 1 : 0);
  });
}

function keyOf(labels: Labels, equal: readonly string[]): string {
  return JSON.stringify(equal.map((label) => labels[label] ?? ''));
}
