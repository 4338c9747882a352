import type { Matcher, Recurrence, Silence, SilenceDraft } from '@nightjar/collector/contract';
import { fromLocalInput, toLocalInput } from '../../lib/time-range.ts';

export const repeats = ['once', 'daily', 'weekdays', 'weekly', 'monthly', 'other'] as const;
export type Repeat = (typeof repeats)[number];

/** A silence as the form holds it: times as `datetime-local` text in the zone of the browser. */
export type Draft = Readonly<{
  kind: Silence['kind'];
  name: string;
  matchers: readonly Matcher[];
  starts: string;
  ends: string;
  repeat: Repeat;
  /** The rule of `other`. */
  rrule: string;
  tz: string;
  /** Empty: for ever. */
  until: string;
  reason: string;
  mode: Silence['mode'];
}>;

const hourMs = 3_600_000;
const minuteMs = 60_000;

export function newDraft(nowMs: number, given: Partial<Draft>): Draft {
  const startMs = Math.floor(nowMs / minuteMs) * minuteMs;
  return {
    kind: 'silence',
    name: '',
    matchers: [{ label: 'service', op: '=', value: '' }],
    starts: toLocalInput(startMs),
    ends: toLocalInput(startMs + hourMs),
    repeat: 'once',
    rrule: '',
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    until: '',
    reason: '',
    mode: 'mute',
    ...given,
  };
}

export function draftOf(silence: Silence, tz: string): Draft {
  const { recurrence } = silence;
  const repeat = recurrence === null ? 'once' : repeatOf(recurrence.rrule);
  const until = recurrence?.until ?? null;
  return {
    kind: silence.kind,
    name: silence.name,
    matchers: silence.matchers,
    starts: toLocalInput(silence.startsAt),
    ends: toLocalInput(silence.endsAt),
    repeat,
    rrule: recurrence?.rrule ?? '',
    tz: recurrence?.tz ?? tz,
    until: until === null ? '' : toLocalInput(until),
    reason: silence.reason,
    mode: silence.mode,
  };
}

/** What a draft means; undefined while a time is not written out. */
export function silenceOf(draft: Draft): SilenceDraft | undefined {
  const startsAt = fromLocalInput(draft.starts);
  const endsAt = fromLocalInput(draft.ends);
  const until = draft.until === '' ? null : fromLocalInput(draft.until);
  if (startsAt === undefined || endsAt === undefined || until === undefined) return undefined;
  const { kind, name, matchers, reason, mode, repeat, tz } = draft;
  const rrule = repeat === 'other' ? draft.rrule : rules[repeat];
  return {
    kind,
    name,
    matchers: [...matchers],
    startsAt,
    endsAt,
    reason,
    mode,
    recurrence: rrule === undefined ? null : { rrule, tz, until },
  };
}

const rules: Readonly<Partial<Record<Repeat, string>>> = {
  daily: 'FREQ=DAILY',
  weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  weekly: 'FREQ=WEEKLY',
  monthly: 'FREQ=MONTHLY',
};

function repeatOf(rrule: string): Repeat {
  return repeats.find((repeat) => rules[repeat] === rrule) ?? 'other';
}

export const repeatWords: Readonly<Record<Repeat, string>> = {
  once: 'once',
  daily: 'every day',
  weekdays: 'Monday to Friday',
  weekly: 'every week',
  monthly: 'every month',
  other: 'by a rule',
};

/** "every day, Europe/Berlin". */
export function recurrenceText({ rrule, tz }: Recurrence): string {
  const repeat = repeatOf(rrule);
  return `${repeat === 'other' ? rrule : repeatWords[repeat]}, ${tz}`;
}
