import { z } from 'zod';

const earliestMs = Date.UTC(2000, 0);
const latestMs = Date.UTC(2200, 0);

/**
 * `now`, `now-90s`, `now-15m`, `now-6h`, `now-7d`, or epoch milliseconds before the year 2200: the tables cannot tell times
 * much further off. What is before 2000 means since ever.
 */
export const instantSchema = z
  .string()
  .regex(/^(now(-\d{1,6}(s|m|h|d|w))?|\d{1,15})$/, 'expected epoch milliseconds or a form like now-1h')
  .refine(
    (instant) => !/^\d+$/.test(instant) || Number(instant) <= latestMs,
    'expected an instant before the year 2200',
  );

export const rangeSchema = z.object({
  from: instantSchema.default('now-1h'),
  to: instantSchema.default('now'),
  environment: z.string().max(200).optional(),
});

export type Range = z.infer<typeof rangeSchema>;

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

/** Epoch milliseconds of an instant that `instantSchema` accepts, at the earliest those of the year 2000. */
export function instantMs(instant: string, nowMs: number): number {
  const relative = /^now(?:-(\d+)([smhdw]))?$/.exec(instant);
  const ms =
    relative === null
      ? Number(instant)
      : nowMs - Number(relative[1] ?? 0) * (unitMs[relative[2] ?? 's'] ?? 0);
  return Math.max(earliestMs, ms);
}
