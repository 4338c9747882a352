import { z } from 'zod';

const earliestMs = Date.UTC(2000, 0);
const latestMs = Date.UTC(2200, 0);

/**
 * `now`, `now-90s`, `now-15m`, `now-6h`, `now-7d`, or epoch milliseconds of the years 2000 to 2199: the tables cannot
 * tell times much further off.
 */
export const instantSchema = z
  .string()
  .regex(/^(now(-\d{1,6}(s|m|h|d|w))?|\d{1,15})$/, 'expected epoch milliseconds or a form like now-1h')
  .refine(
    (instant) => !/^\d+$/.test(instant) || (Number(instant) >= earliestMs && Number(instant) <= latestMs),
    {
      error: 'expected an instant between the years 2000 and 2200',
    },
  );

export const rangeSchema = z.object({
  from: instantSchema.default('now-1h'),
  to: instantSchema.default('now'),
  environment: z.string().max(200).optional(),
});

export type Range = z.infer<typeof rangeSchema>;

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

/** Epoch milliseconds of an instant that `instantSchema` accepts. */
export function instantMs(instant: string, nowMs: number): number {
  const relative = /^now(?:-(\d+)([smhdw]))?$/.exec(instant);
  if (relative === null) return Number(instant);
  return nowMs - Number(relative[1] ?? 0) * (unitMs[relative[2] ?? 's'] ?? 0);
}
