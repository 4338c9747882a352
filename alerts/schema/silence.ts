import { z } from 'zod';
import { matcher } from './signal.ts';

const epochMs = z.number().int();

/** Repeats a silence: an RFC 5545 rule whose wall times are those of `tz`. */
export const recurrence = z.strictObject({
  rrule: z
    .string()
    .max(300, 'is longer than 300 characters')
    .regex(/^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[-+A-Z0-9,]+)*$/, {
      error: 'is not a rule such as FREQ=WEEKLY;BYDAY=SA,SU (FREQ one of DAILY, WEEKLY, MONTHLY, YEARLY)',
    })
    .refine((text) => !/;UNTIL=/.test(text), 'holds UNTIL, set until instead'),
  tz: z.string().max(64).refine(isTimeZone, 'is not a time zone, write a name such as Europe/Berlin or UTC'),
  /** No occurrence begins at or after it, and one that runs ends then; null: for ever. */
  until: epochMs.nullable().default(null),
});
export type Recurrence = Readonly<z.infer<typeof recurrence>>;

/**
 * Holds messages back from startsAt to endsAt, epoch ms, endsAt not included; with a recurrence those are the first of
 * its occurrences, and each lasts as long. mute: triggers and repeats, while the resolve of what people were told
 * passes, or incidents would stay open. mute_all: resolves too, and for good.
 */
export const silence = z
  .strictObject({
    id: z.string().min(1).max(100),
    /** maintenance: planned, so it has a name. Both hold back in the same way. */
    kind: z.enum(['silence', 'maintenance']).default('silence'),
    name: z.string().max(200).default(''),
    matchers: z
      .array(matcher)
      .min(1, 'is empty, a silence without a matcher would mute everything')
      .max(20, 'has more than 20 matchers, use a regular expression'),
    startsAt: epochMs,
    endsAt: epochMs,
    recurrence: recurrence.nullable().default(null),
    by: z.string().min(1).max(200),
    reason: z.string().max(2_000),
    mode: z.enum(['mute', 'mute_all']).default('mute'),
  })
  .refine((it) => it.endsAt > it.startsAt, { path: ['endsAt'], message: 'must be after startsAt' })
  .refine((it) => it.kind === 'silence' || it.name !== '', {
    path: ['name'],
    message: 'is empty, name the maintenance so that others know it',
  })
  .refine((it) => it.recurrence === null || it.endsAt - it.startsAt <= occurrenceMsMax, {
    path: ['endsAt'],
    message: 'an occurrence lasts 31 days at most',
  });
export type Silence = Readonly<z.infer<typeof silence>>;
export type SilenceInput = z.input<typeof silence>;

const occurrenceMsMax = 31 * 86_400_000;
/** The end of what has no end: the last millisecond of the year 9999. */
export const foreverMs = 253_402_300_799_999;

/** When a silence is over for good. */
export function lastEndOf({ endsAt, recurrence: repeats }: Silence): number {
  if (repeats === null) return endsAt;
  return repeats.until ?? foreverMs;
}

/** The silence cut off at `atMs`; undefined when it has not begun, and nothing of it is left. */
export function endedAt(given: Silence, atMs: number): Silence | undefined {
  if (given.startsAt >= atMs) return undefined;
  if (given.recurrence === null) return { ...given, endsAt: atMs };
  return { ...given, recurrence: { ...given.recurrence, until: atMs } };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
