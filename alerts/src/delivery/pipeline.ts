// Between a transition and the outbox stand small stages. Each takes messages that could be sent and says which pass
// and why the others do not. They run at every tick for every firing alert, so a message that is held back now is
// offered again at the next tick: when the reason goes, the message goes out.
import type { Episode, GroupPlace, Instance } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';

export interface Intent {
  readonly kind: 'trigger' | 'repeat' | 'resolve';
  readonly instance: Instance;
  readonly episode: Episode;
  readonly channels: readonly string[];
  readonly manner: Manner;
  /** Fired and ended between two looks: the resolve is the first that people hear of it. */
  readonly isMissed: boolean;
}

/** How an alert is told; worked out from its rule and route by the stage `routing`. */
export interface Manner {
  readonly repeatMs: number;
  readonly sendResolved: boolean | 'always';
  /** Null: a message of its own. */
  readonly group: GroupPlace | null;
  /** Of its channels those that the group does not hold for. */
  readonly alone: readonly string[];
}

export interface StageContext {
  /** Null when the rule is gone. */
  readonly plan: RulePlan | null;
  readonly tickMs: number;
  /** All alerts of the rule, after the tick. */
  readonly instances: readonly Instance[];
}

export type WithheldWhy =
  | 'already_announced'
  | 'resolve_not_wanted'
  | 'worse_condition_fires'
  | 'silenced'
  | 'inhibited'
  | 'acknowledged'
  | 'snoozed'
  | 'no_channel';

export interface StageResult {
  readonly pass: readonly Intent[];
  readonly withheld: readonly { readonly intent: Intent; readonly why: WithheldWhy }[];
}

export type Stage = (intents: readonly Intent[], context: StageContext) => StageResult;

export function sequence(...stages: readonly Stage[]): Stage {
  return (intents, context) => {
    let result: StageResult = { pass: intents, withheld: [] };
    for (const stage of stages) {
      const next = stage(result.pass, context);
      result = { pass: next.pass, withheld: [...result.withheld, ...next.withheld] };
    }
    return result;
  };
}

/** A stage that looks at one message at a time: it returns the message, changed or not, or why it is held back. */
export function eachIntent(decide: (intent: Intent, context: StageContext) => Intent | WithheldWhy): Stage {
  return (intents, context) => {
    const pass: Intent[] = [];
    const withheld: StageResult['withheld'][number][] = [];
    for (const intent of intents) {
      const decision = decide(intent, context);
      if (typeof decision === 'string') withheld.push({ intent, why: decision });
      else pass.push(decision);
    }
    return { pass, withheld };
  };
}
