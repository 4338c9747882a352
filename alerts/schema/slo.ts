import { z } from 'zod';
import { durationMs, positiveDuration } from './duration.ts';
import { filter } from './matcher.ts';

const burnAlert = z
  .strictObject({
    /** How many times faster than the budget lasts: 1 spends it exactly by the end of the period. */
    burn: z.number().gt(0),
    long: positiveDuration,
    short: positiveDuration,
    severity: z.enum(['info', 'warning', 'critical']),
    /** Fewer failed requests than this in the long window are no incident, whatever their share. */
    minBadEvents: z.number().int().min(0).default(0),
  })
  .superRefine((it, context) => {
    if (durationMs(it.short) < durationMs(it.long)) return;
    const message = `must be shorter than long ${it.long}`;
    context.addIssue({ code: 'custom', path: ['short'], message });
  });
export type BurnAlert = Readonly<z.infer<typeof burnAlert>>;

/** Google's SRE workbook, table 5-8: two pages and a ticket for a period of 30 days. */
const workbook: z.input<typeof burnAlert>[] = [
  { burn: 14.4, long: '1h', short: '5m', severity: 'critical' },
  { burn: 6, long: '6h', short: '30m', severity: 'critical' },
  { burn: 1, long: '3d', short: '6h', severity: 'warning' },
];

/** A promise about requests: this share of them, over the period, neither fails nor is too slow. */
export const slo = z
  .strictObject({
    /** Percent of requests that must be good. */
    objective: z.number().gt(0).lt(100, 'must be below 100, a budget of nothing burns at once; write 99.9'),
    period: positiveDuration.default('30d'),
    /** The requests it is about. */
    filter,
    /** Which requests failed; absent: status ERROR, or a server answering 5xx. */
    errorWhen: filter,
    /** Slower than this is as bad as an error. */
    slowerThanMs: z.number().gt(0).optional(),
    alerts: z.array(burnAlert).min(1, 'is empty, leave it out for the usual three').max(5).prefault(workbook),
  })
  .superRefine((it, context) => {
    it.alerts.forEach((alert, index) => {
      if (durationMs(alert.long) <= durationMs(it.period)) return;
      const message = `must be within the period ${it.period}`;
      context.addIssue({ code: 'custom', path: ['alerts', index, 'long'], message });
    });
  });
export type Slo = Readonly<z.infer<typeof slo>>;
