import { z } from 'zod';
import { alertKind, resolveReason } from './alert.ts';
import { conditionOp, severity } from './rule.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();

/** One message to people. Immutable once in the outbox, so that every attempt sends the same bytes. */
export const notification = z.object({
  /** hex sha256 of (rule, group, condition, episode start, transition, seq): the same from any evaluator. */
  eventId: z.string(),
  episodeId: z.string(),
  seq: z.number().int(),
  /** Messages of one alert share it; a receiver opens and closes one incident by it. */
  dedupKey: z.string(),
  transition: z.enum(['trigger', 'repeat', 'resolve']),
  kind: z.union([alertKind, z.literal('channel_failing')]),
  reason: resolveReason.nullable(),
  ruleUid: z.string(),
  ruleName: z.string(),
  labels,
  severity,
  title: z.string(),
  text: z.string(),
  op: conditionOp.nullable(),
  threshold: z.number().nullable(),
  value: z.number().nullable(),
  unit: z.string(),
  samples: z.number().nullable(),
  activeAt: epochMs,
  firedAt: epochMs,
  resolvedAt: epochMs.nullable(),
  /** End of the data the verdict was made from. */
  dataAsOf: epochMs,
  url: z.string(),
  runbook: z.string().nullable(),
  annotations: labels,
});
export type Notification = Readonly<z.infer<typeof notification>>;
