import { episode } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { deliverySchema } from './alerts-channels.ts';
import { standingAlertSchema } from './alerts.ts';

const epochMs = z.number().int();

export const timelineKinds = [
  'pending',
  'firing',
  'delivered',
  'failed',
  'acknowledged',
  'snoozed',
  'silenced',
  'release',
  'resolved',
] as const;

export const timelineEntrySchema = z.object({
  at: epochMs,
  kind: z.enum(timelineKinds),
  /** One sentence. */
  text: z.string(),
});
export type TimelineEntry = Readonly<z.infer<typeof timelineEntrySchema>>;

export const evidenceSchema = z.object({
  traces: z.array(
    z.object({ traceId: z.string(), operation: z.string(), durationMs: z.number(), isError: z.boolean() }),
  ),
  /** What the bad requests have in common that the others have not. */
  attribute: z
    .object({ name: z.string(), value: z.string(), badShare: z.number(), otherShare: z.number() })
    .nullable(),
  findings: z.array(z.object({ id: z.string(), title: z.string() })),
  release: z.object({ release: z.string(), firstSeenAt: epochMs }).nullable(),
});
export type EpisodeEvidence = Readonly<z.infer<typeof evidenceSchema>>;

export const episodeDetailSchema = z.object({
  episode,
  /** As it stands now; null when the rule or the group is gone. */
  alert: standingAlertSchema.nullable(),
  /** Whether the rule is still there. */
  hasRule: z.boolean(),
  runbook: z.string().nullable(),
  /** Oldest first. */
  timeline: z.array(timelineEntrySchema),
  deliveries: z.array(deliverySchema),
  /** null: could not be gathered in time, or the signal has none. */
  evidence: evidenceSchema.nullable(),
});
export type EpisodeDetail = Readonly<z.infer<typeof episodeDetailSchema>>;
