import { alert, alertRule, episode } from '@nightjar/alerts/schema';
import { z } from 'zod';

export const alertsSchema = z.object({
  /** Firing first, then pending, then the rest; one a rule, group and condition. */
  alerts: z.array(alert),
  /** Closed and open stretches of firing, newest first. */
  episodes: z.array(episode),
});
export type Alerts = z.infer<typeof alertsSchema>;

export const rulesSchema = z.object({
  rules: z.array(alertRule),
  /** Files or rules that could not be loaded. */
  problems: z.array(z.object({ path: z.string(), problem: z.string() })),
});
export type Rules = z.infer<typeof rulesSchema>;

export type { Alert, AlertRule, Episode } from '@nightjar/alerts/schema';
export { unitOf } from '@nightjar/alerts/schema';
