import { alert, episode } from '@nightjar/alerts/schema';
import { z } from 'zod';

const epochMs = z.number().int();

export const acknowledgedSchema = z.object({ at: epochMs, by: z.string(), note: z.string() });
export const snoozedSchema = z.object({ until: epochMs, by: z.string() });

/** An alert with what people did about it. */
export const standingAlertSchema = alert.extend({
  /** Stops the repeats of this episode. */
  acknowledged: acknowledgedSchema.nullable(),
  /** Holds messages back until then. */
  snoozed: snoozedSchema.nullable(),
  /** Ids of the silences that hold its messages back now. */
  silencedBy: z.array(z.string()),
});
export type StandingAlert = Readonly<z.infer<typeof standingAlertSchema>>;

export const alertsSchema = z.object({
  /** Firing first, then pending, then the rest; one a rule, group and condition. */
  alerts: z.array(standingAlertSchema),
  /** Closed and open stretches of firing, newest first. */
  episodes: z.array(episode),
});
export type Alerts = z.infer<typeof alertsSchema>;

export const acknowledgeInputSchema = z.strictObject({
  note: z.string().max(1_000).default(''),
  /** Who does it, where no login says so. */
  by: z.string().max(200).optional(),
});

/** Longest snooze: a week. */
export const snoozeMinutesMax = 10_080;
export const snoozeInputSchema = z.strictObject({
  minutes: z.number().int().min(1).max(snoozeMinutesMax),
  by: z.string().max(200).optional(),
});

export type {
  Alert,
  AlertRule,
  AlertRuleInput,
  Episode,
  Matcher,
  Severity,
  Signal,
  VerdictKind,
} from '@nightjar/alerts/schema';
export { unitOf } from '@nightjar/alerts/schema';
