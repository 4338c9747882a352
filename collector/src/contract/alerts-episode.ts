import { episode, evidence } from '@nightjar/alerts/schema';
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
  /** As the first message had it; null: it could not be gathered in time, or the signal has none. */
  evidence: evidence.nullable(),
});
export type EpisodeDetail = Readonly<z.infer<typeof episodeDetailSchema>>;
export type { Evidence } from '@nightjar/alerts/schema';
