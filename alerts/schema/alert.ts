import { z } from 'zod';
import { conditionOp, severity } from './rule.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();

export const alertState = z.enum(['inactive', 'pending', 'firing', 'recovering']);
export type AlertState = z.infer<typeof alertState>;

export const verdictKind = z.enum(['breach', 'deadband', 'ok', 'insufficient', 'nodata', 'unknown', 'error']);
export type VerdictKind = z.infer<typeof verdictKind>;

/**
 * condition: the value is wrong. no_data, rule_error and group_overflow are about the rule itself, one a rule (no_data:
 * or one a group). store_down and pipeline_stale are about the collector, one for all rules.
 */
export const alertKind = z.enum([
  'condition',
  'no_data',
  'rule_error',
  'group_overflow',
  'store_down',
  'pipeline_stale',
]);
export type AlertKind = z.infer<typeof alertKind>;

export const resolveReason = z.enum([
  'ok',
  'stale',
  'no_data',
  'insufficient_data',
  'rule_changed',
  'group_excluded',
  'rule_disabled',
  'rule_deleted',
]);
export type ResolveReason = z.infer<typeof resolveReason>;

const subject = {
  ruleUid: z.string(),
  ruleName: z.string(),
  kind: alertKind,
  /** The group's labels, with the rule's own. */
  labels,
  severity,
  op: conditionOp.nullable(),
  threshold: z.number().nullable(),
  unit: z.string(),
};

/** One rule x group x condition, as it stands now. */
export const alert = z.object({
  ...subject,
  /** Stable over the life of the rule and group. */
  id: z.string(),
  state: alertState,
  /** The last value read; null when there was none. */
  value: z.number().nullable(),
  samples: z.number().nullable(),
  lastVerdict: verdictKind,
  /** One sentence: why the last verdict was what it was. */
  reason: z.string(),
  episodeId: z.string().nullable(),
  activeAt: epochMs.nullable(),
  firedAt: epochMs.nullable(),
  resolvedAt: epochMs.nullable(),
  evaluatedAt: epochMs,
});
export type Alert = Readonly<z.infer<typeof alert>>;

/** One stretch of firing: opened by a trigger, closed by a resolve. */
export const episode = z.object({
  ...subject,
  id: z.string(),
  alertId: z.string(),
  /** The value and samples when it fired. */
  value: z.number().nullable(),
  samples: z.number().nullable(),
  activeAt: epochMs,
  firedAt: epochMs,
  resolvedAt: epochMs.nullable(),
  resolveReason: resolveReason.nullable(),
  /** What data that came late says of it. Never un-says a message. */
  lateNote: z.string().optional(),
});
export type Episode = Readonly<z.infer<typeof episode>>;
