import { alertRule, episode, verdictKind } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { standingAlertSchema } from './alerts.ts';
import { fieldProblemSchema } from './errors.ts';

const epochMs = z.number().int();

/** A rule of a file is changed in the file; one made here is changed here. */
export const ruleSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: z.string() }),
  z.object({ kind: z.literal('ui'), changedAt: epochMs.nullable(), changedBy: z.string().nullable() }),
]);
export type RuleSource = Readonly<z.infer<typeof ruleSourceSchema>>;

/** How a rule stands: the worst of its groups speaks for it. */
export const ruleFactsSchema = z.object({
  uid: z.string(),
  source: ruleSourceSchema,
  /** null: there are more alerts than are looked at here. */
  groups: z.number().int().nullable(),
  firing: z.number().int(),
  pending: z.number().int(),
  /** null: it has not looked at anything yet. */
  lastVerdict: verdictKind.nullable(),
  reason: z.string().nullable(),
  evaluatedAt: epochMs.nullable(),
  lastFiredAt: epochMs.nullable(),
});
export type RuleFacts = Readonly<z.infer<typeof ruleFactsSchema>>;

export const rulesSchema = z.object({
  rules: z.array(alertRule),
  /** One a rule, in the same order. */
  facts: z.array(ruleFactsSchema),
  /** Files or rules that could not be loaded. */
  problems: z.array(z.object({ path: z.string(), problem: z.string() })),
});
export type Rules = z.infer<typeof rulesSchema>;

export const ruleDetailSchema = z.object({
  rule: alertRule,
  facts: ruleFactsSchema,
  yaml: z.string(),
  alerts: z.array(standingAlertSchema),
  episodes: z.array(episode),
});
export type RuleDetail = Readonly<z.infer<typeof ruleDetailSchema>>;

/** Room for a rule with its tests. */
export const ruleTextMax = 50_000;

/** A rule as a form or as YAML holds it, right or wrong. */
export const ruleDraftSchema = z.strictObject({
  rule: z.unknown().optional(),
  yaml: z.string().max(ruleTextMax).optional(),
});

export const ruleCheckSchema = z.object({
  /** null while there are problems. */
  rule: alertRule.nullable(),
  /** The rule as a file would hold it; null while it cannot be written. */
  yaml: z.string().nullable(),
  problems: z.array(fieldProblemSchema),
  /** What can be saved but is likely not meant. */
  warnings: z.array(fieldProblemSchema),
});
export type RuleCheck = Readonly<z.infer<typeof ruleCheckSchema>>;

export const ruleExportSchema = z.object({ yaml: z.string(), rules: z.number().int() });
export const removedSchema = z.object({ isRemoved: z.literal(true) });

export type { PreviewEpisode, PreviewSuggestion, PreviewTick, RulePreview } from '@nightjar/alerts/schema';
export { previewLimits } from '@nightjar/alerts/schema';
