import type { AlertRule, Inhibition } from '../schema/index.ts';
import { compileInhibition } from './delivery/inhibit.ts';
import type { Inhibitor } from './delivery/inhibit.ts';
import { dueTicks, planRule } from './plan.ts';
import type { RulePlan } from './plan.ts';

export interface RuleSet {
  readonly rules: readonly AlertRule[];
  /** False when a file or rule could not be read: a rule that is missing then is not taken for deleted. */
  readonly isComplete: boolean;
  readonly inhibitions?: readonly Inhibition[];
}

/** The rules as they stand, worked out, and when each was last evaluated. */
export interface RuleBook {
  apply(next: RuleSet): void;
  ruleSet(): RuleSet;
  plans(): readonly RulePlan[];
  inhibitors(): readonly Inhibitor[];
  /** Those with a tick at or before `nowMs`: who looks most often first, who looks at the same moment side by side. */
  due(nowMs: number): readonly RulePlan[];
  ticked(plan: RulePlan, tickMs: number): void;
  /** Replaces the plans, unless the rules were replaced meanwhile. */
  refresh(renew: (plans: readonly RulePlan[]) => Promise<readonly RulePlan[]>): Promise<void>;
  /** Rules were replaced, and what went may still fire. */
  mustRetire(): boolean;
  /** What went is settled; rules that were replaced meanwhile need a look of their own. */
  retired(ruleSet: RuleSet): void;
}

export function createRuleBook(): RuleBook {
  const lastTicks = new Map<string, number>();
  let ruleSet: RuleSet = { rules: [], isComplete: false };
  let plans: readonly RulePlan[] = [];
  let inhibitors: readonly Inhibitor[] = [];
  let mustRetire = false;
  return {
    apply: (next) => {
      ruleSet = next;
      plans = next.rules.filter(({ enabled }) => enabled).map(planRule);
      inhibitors = (next.inhibitions ?? []).map(compileInhibition);
      lastTicks.clear();
      mustRetire = true;
    },
    ruleSet: () => ruleSet,
    plans: () => plans,
    inhibitors: () => inhibitors,
    due: (nowMs) =>
      plans
        .filter((plan) => {
          const lastTickMs = lastTicks.get(plan.rule.uid) ?? null;
          return dueTicks(plan, { lastTickMs, nowMs }).ticks.length > 0;
        })
        .toSorted((a, b) => a.everyMs - b.everyMs || a.offsetMs - b.offsetMs),
    ticked: ({ rule }, tickMs) => void lastTicks.set(rule.uid, tickMs),
    refresh: async (renew) => {
      const before = plans;
      const after = await renew(before);
      if (plans === before) plans = after;
    },
    mustRetire: () => mustRetire,
    retired: (settled) => {
      if (settled === ruleSet) mustRetire = false;
    },
  };
}
