import type { AlertRule } from '../schema/index.ts';

/** A rule that was made in the dashboard. */
export interface KeptRule {
  readonly rule: AlertRule;
  readonly changedAtMs: number;
  /** Who changed it last; null where there is no login. */
  readonly changedBy: string | null;
}

export interface KeptRules {
  /** By uid. */
  readonly rules: readonly KeptRule[];
  /** Rules of another version of the product, which this one cannot read: they stay where they are. */
  readonly unreadable: readonly { readonly uid: string; readonly problem: string }[];
}

/** Rules kept at once. */
export const keptRulesMax = 1_000;

/** Rules made in the dashboard, durable. Its contract suite is `@nightjar/alerts/testing`. */
export interface RuleStore {
  list(): Promise<KeptRules>;
  /** `taken` when there is one of that uid, `full` at `keptRulesMax`; nothing is changed then. */
  add(kept: KeptRule): Promise<'saved' | 'taken' | 'full'>;
  /** `missing` when there is none of that uid. */
  replace(kept: KeptRule): Promise<'saved' | 'missing'>;
  /** False when there is none of that uid. */
  remove(uid: string): Promise<boolean>;
}
