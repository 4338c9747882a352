import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Silence } from '../../schema/index.ts';

export interface Occurrence {
  readonly startMs: number;
  /** Not included. */
  readonly endMs: number;
}

export interface OccurrenceQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rowsMax: number;
}

/** Periods of a rule that are looked through; DAILY reaches 27 years past its start with it. */
const periodsMax = 10_000;
const dayMs = 86_400_000;

/**
 * When a silence mutes, the parts that overlap [fromMs, toMs), first one first. Occurrences begin at a wall time and
 * last as long as the first. A wall time that the clocks skip is taken an hour later, one that they show twice is taken
 * the first time: on either day there is exactly one (RFC 5545 would leave the skipped one out). Throws when the rule
 * cannot be followed: ask `silenceProblem` before one is stored.
 */
export function occurrencesOf(silence: Silence, query: OccurrenceQuery): Occurrence[] {
  const { startsAt, endsAt, recurrence } = silence;
  if (recurrence === null) return overlapping([{ startMs: startsAt, endMs: endsAt }], query);
  const lengthMs = endsAt - startsAt;
  const { tz, rrule } = recurrence;
  const untilMs = recurrence.until ?? Number.POSITIVE_INFINITY;
  // The rule is followed in wall times, as if the zone had no changes; each is then given its instant.
  const wallStart = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(tz).toPlainDateTime();
  const rule = new RRuleTemporal({
    rruleString: rrule,
    dtstart: wallStart.toZonedDateTime('UTC'),
    maxIterations: periodsMax,
    temporal: Temporal,
  });
  const wallFrom = new Date(Math.max(startsAt, query.fromMs - lengthMs) - dayMs);
  const wallTo = new Date(query.toMs + dayMs);
  const found = rule
    .between(wallFrom, wallTo, true)
    .map((wall) => wall.toPlainDateTime().toZonedDateTime(tz).epochMilliseconds)
    .filter((startMs) => startMs >= startsAt && startMs < untilMs)
    .map((startMs) => ({ startMs, endMs: Math.min(startMs + lengthMs, untilMs) }));
  return overlapping(found, query);
}

/** The next times a silence mutes, for a preview: from `fromMs` on, looking two years ahead. */
export function nextOccurrences(silence: Silence, fromMs: number, rowsMax: number): Occurrence[] {
  const toMs = Math.max(fromMs, silence.startsAt) + 731 * dayMs;
  return occurrencesOf(silence, { fromMs, toMs, rowsMax });
}

/** Why a silence would never mute; undefined when it does. To be asked before one is stored. */
export function recurrenceProblem(silence: Silence): string | undefined {
  if (silence.recurrence === null) return undefined;
  // Up to 86,400 a day, which take the time that rules are evaluated in.
  if (/;BY(MINUTE|SECOND)=/.test(silence.recurrence.rrule))
    return `${silence.recurrence.rrule} names minutes or seconds, an occurrence begins at those of startsAt`;
  try {
    const [first] = nextOccurrences(silence, silence.startsAt, 1);
    return first === undefined ? `${silence.recurrence.rrule} has no occurrence within two years` : undefined;
  } catch {
    return `${silence.recurrence.rrule} is not a rule that has occurrences (RFC 5545)`;
  }
}

export type IsActive = (silence: Silence, nowMs: number) => boolean;

export const clockEntriesMax = 2_000;

/** Tells whether a silence mutes now, and works its occurrences out once a day, not at every look. */
export function createSilenceClock(): IsActive {
  const known = new Map<string, { readonly untilMs: number; readonly occurrences: readonly Occurrence[] }>();
  return (silence, nowMs) => {
    const { startsAt, endsAt, recurrence } = silence;
    if (recurrence === null) return startsAt <= nowMs && nowMs < endsAt;
    if (nowMs < startsAt) return false;
    const key = JSON.stringify([startsAt, endsAt, recurrence]);
    let entry = known.get(key);
    if (entry === undefined || nowMs >= entry.untilMs) {
      if (known.size >= clockEntriesMax) known.clear();
      const untilMs = nowMs + dayMs;
      entry = { untilMs, occurrences: readable(silence, { fromMs: nowMs, toMs: untilMs, rowsMax: 1_000 }) };
      known.set(key, entry);
    }
    return entry.occurrences.some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
  };
}

// A rule that cannot be followed holds nothing back: rather a message too many than one too few.
function readable(silence: Silence, query: OccurrenceQuery): readonly Occurrence[] {
  try {
    return occurrencesOf(silence, query);
  } catch {
    return [];
  }
}

function overlapping(found: readonly Occurrence[], { fromMs, toMs, rowsMax }: OccurrenceQuery): Occurrence[] {
  return found.filter(({ startMs, endMs }) => endMs > fromMs && startMs < toMs).slice(0, rowsMax);
}
