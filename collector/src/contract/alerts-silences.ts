import { silence } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { standingAlertSchema } from './alerts.ts';

const { kind, name, matchers, startsAt, endsAt, recurrence, reason, mode } = silence.shape;

/** A silence as it is made: who and when are added here. */
export const silenceInputSchema = z.strictObject({
  kind,
  name,
  matchers,
  startsAt,
  endsAt,
  recurrence,
  reason,
  mode,
  /** Who does it, where no login says so. */
  by: z.string().max(200).optional(),
});
export type SilenceDraft = z.input<typeof silenceInputSchema>;

const windowSchema = z.object({ startsAt: z.number().int(), endsAt: z.number().int() });
export type SilenceWindow = Readonly<z.infer<typeof windowSchema>>;

/** Occurrences listed of one silence. */
export const silenceWindowsMax = 5;

export const silenceViewSchema = z.object({
  silence,
  state: z.enum(['active', 'scheduled', 'ended']),
  /** The one that runs and those to come, `silenceWindowsMax` at most. */
  windows: z.array(windowSchema),
  /** Alerts that its matchers match now, whatever their state. */
  matches: z.number().int(),
});
export type SilenceView = Readonly<z.infer<typeof silenceViewSchema>>;

export const silencesSchema = z.object({ silences: z.array(silenceViewSchema) });
export type Silences = z.infer<typeof silencesSchema>;

export const silencePreviewSchema = z.object({
  windows: z.array(windowSchema),
  /** Those that its matchers match now: firing first. */
  alerts: z.array(standingAlertSchema),
  /** Of how many. */
  matches: z.number().int(),
});
export type SilencePreview = Readonly<z.infer<typeof silencePreviewSchema>>;

export type { Matcher, Recurrence, Silence } from '@nightjar/alerts/schema';
