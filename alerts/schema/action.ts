import { z } from 'zod';

const epochMs = z.number().int();

/**
 * What a person did about an alert. ack: no repeats until the episode ends. snooze: nothing until `until`, then a
 * reminder if it still fires. unack and unsnooze take them back.
 */
export const alertAction = z.strictObject({
  /** Chosen by who reports it: a second report of the same id changes nothing. */
  id: z.string().min(1).max(200),
  alertId: z.string().min(1).max(200),
  /** The episode that was open then; null when none was. */
  episodeId: z.string().max(200).nullable(),
  kind: z.enum(['ack', 'unack', 'snooze', 'unsnooze']),
  at: epochMs,
  /** Of a snooze only. */
  until: epochMs.nullable(),
  by: z.string().min(1).max(200),
  note: z.string().max(2_000),
  source: z.enum(['dashboard', 'api', 'pagerduty']),
});
export type AlertAction = Readonly<z.infer<typeof alertAction>>;

/** What holds now for one alert: at most one acknowledgement and one snooze. */
export const alertHold = z.object({
  alertId: z.string(),
  acked: alertAction.nullable(),
  snoozed: alertAction.nullable(),
});
export type AlertHold = Readonly<z.infer<typeof alertHold>>;
