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
  return (intents, context) => {
    if (inhibitors.length === 0) return { pass: intents, withheld: [] };
    // The rule's own alerts are newer in hand than in the store.
    const own = context.instances.filter(({ episode }) => episode !== null).map(({ alert }) => alert);
    const ownRules = new Set(context.instances.map(({ ruleUid }) => ruleUid));
    const others = firing.filter(({ ruleUid }) => !ownRules.has(ruleUid));
    const subjects = [...others, ...own].map(subjectOf);
    const active = inhibitors.map((inhibitor) => withSources(inhibitor, subjects));
    return eachIntent((intent) => (isHeldBack(intent, active) ? 'inhibited' : intent))(intents, context);
  };
}

interface ActiveInhibitor extends Inhibitor {
  /** Keys of equal labels: of sources that are no targets, and of those that are both. */
  readonly pureKeys: ReadonlySet<string>;
  readonly allKeys: ReadonlySet<string>;
}

function withSources(inhibitor: Inhibitor, subjects: readonly Labels[]): ActiveInhibitor {
  const sources = subjects.filter(inhibitor.isSource);
  const keysOf = (list: readonly Labels[]) => new Set(list.map((it) => keyOf(it, inhibitor.equal)));
  return {
    ...inhibitor,
    allKeys: keysOf(sources),
    pureKeys: keysOf(sources.filter((it) => !inhibitor.isTarget(it))),
  };
}

function isHeldBack(intent: Intent, active: readonly ActiveInhibitor[]): boolean {
  if (intent.kind === 'resolve' && !intent.isMissed) return false;
  const subject = subjectOf(intent.instance.alert);
  return active.some((it) => {
    if (!it.isTarget(subject)) return false;
    return (it.isSource(subject) ? it.pureKeys : it.allKeys).has(keyOf(subject, it.equal));
  });
}

function keyOf(labels: Labels, equal: readonly string[]): string {
  return JSON.stringify(equal.map((label) => labels[label] ?? ''));
}
