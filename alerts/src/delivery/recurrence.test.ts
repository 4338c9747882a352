import { expect, it } from 'vitest';
import { silence as schema } from '../../schema/index.ts';
import { silenceOf } from '../store-contract/samples.ts';
import { createSilenceClock, nextOccurrences, occurrencesOf, recurrenceProblem } from './recurrence.ts';

const ms = (text: string) => Date.parse(text);
const hour = 3_600_000;
const every = (start: string, rrule: string, tz = 'Europe/Berlin') =>
  silenceOf({ startsAt: ms(start), endsAt: ms(start) + hour, recurrence: { rrule, tz, until: null } });
const nightly = every('2026-01-01T01:00:00Z', 'FREQ=DAILY');

const days = [
  ['a day of winter time', '2026-02-10', ['2026-02-10T01:00:00Z/2026-02-10T02:00:00Z']],
  ['a day of summer time', '2026-07-10', ['2026-07-10T00:00:00Z/2026-07-10T01:00:00Z']],
  ['the day that has no 02:00', '2026-03-29', ['2026-03-29T01:00:00Z/2026-03-29T02:00:00Z']],
  ['the day that has 02:00 twice', '2026-10-25', ['2026-10-25T00:00:00Z/2026-10-25T01:00:00Z']],
] as const;

it.each(days)('02:00 to 03:00 in Berlin mutes exactly once on %s', (_name, day, expected) => {
  const fromMs = ms(`${day}T00:00:00${day === '2026-07-10' || day === '2026-10-25' ? '+02:00' : '+01:00'}`);
  expect(spans(occurrencesOf(nightly, { fromMs, toMs: fromMs + 23 * hour, rowsMax: 10 }))).toEqual(expected);
});

it('mutes 365 times in a year of days, minute by minute as the list says', () => {
  const year = { fromMs: ms('2026-01-01T00:00:00+01:00'), toMs: ms('2027-01-01T00:00:00+01:00') };
  expect(occurrencesOf(nightly, { ...year, rowsMax: 1_000 })).toHaveLength(365);
  const isActive = createSilenceClock();
  for (const day of ['2026-03-29', '2026-10-25']) {
    const startMs = ms(`${day}T00:00:00Z`) - 2 * hour;
    const minutes = Array.from({ length: 24 * 60 }, (_, index) => startMs + index * 60_000);
    const muted = minutes.filter((at) => isActive(nightly, at));
    expect(muted).toHaveLength(60);
    expect((muted.at(-1) ?? 0) - (muted[0] ?? 0)).toBe(59 * 60_000);
  }
});

it('follows days of the week, counts, the end, and the start', () => {
  const weekends = every('2026-01-01T21:00:00Z', 'FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3');
  expect(spans(nextOccurrences(weekends, 0, 10)).map((it) => it.slice(0, 10))).toEqual([
    '2026-01-03',
    '2026-01-04',
    '2026-01-10',
  ]);
  const ended = {
    ...nightly,
    recurrence: { rrule: 'FREQ=DAILY', tz: 'UTC', until: ms('2026-01-03T01:30:00Z') },
  };
  expect(spans(nextOccurrences(ended, ms('2026-01-02T00:00:00Z'), 10))).toEqual([
    '2026-01-02T01:00:00Z/2026-01-02T02:00:00Z',
    '2026-01-03T01:00:00Z/2026-01-03T01:30:00Z',
  ]);
  const isActive = createSilenceClock();
  expect(isActive(nightly, nightly.startsAt - 1)).toBe(false);
  expect(isActive(nightly, nightly.startsAt)).toBe(true);
  expect(isActive(nightly, nightly.endsAt)).toBe(false);
  expect(isActive(ended, ms('2026-01-03T01:30:00Z'))).toBe(false);
});

it('is worked out in a few milliseconds ten years after its start', () => {
  const fromMs = ms('2036-06-01T00:00:00Z');
  const startedAt = performance.now();
  expect(nextOccurrences(nightly, fromMs, 3)).toHaveLength(3);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

const refused = [
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31', 'occurrence'],
  ['FREQ=DAILY;INTERVAL=0', 'not a rule'],
  ['FREQ=WEEKLY;BYDAY=XX', 'occurrence'],
] as const;
it.each(refused)('refuses %s and holds nothing back by it', (rrule, problem) => {
  const never = every('2026-01-01T01:00:00Z', rrule);
  expect(recurrenceProblem(never)).toContain(problem);
  expect(createSilenceClock()(never, never.startsAt)).toBe(false);
});

it('refuses what begins hundreds of times a day: working it out would hold up the rules', () => {
  const hours = every('2026-01-01T01:00:00Z', 'FREQ=DAILY;BYHOUR=2,14');
  expect(recurrenceProblem(hours)).toBeUndefined();
  const minutes = every('2026-01-01T01:00:00Z', 'FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3');
  expect(recurrenceProblem(minutes)).toContain('names minutes or seconds');
});

const malformed = [
  [{ rrule: 'FREQ=SECONDLY', tz: 'UTC' }, 'FREQ one of'],
  [{ rrule: 'FREQ=DAILY;UNTIL=20270101T000000Z', tz: 'UTC' }, 'set until instead'],
  [{ rrule: 'FREQ=DAILY\nEXDATE:20270101', tz: 'UTC' }, 'FREQ one of'],
  [{ rrule: 'FREQ=DAILY', tz: 'Mars/Phobos' }, 'not a time zone'],
] as const;
it.each(malformed)('the schema refuses %o', (recurrence, message) => {
  const parsed = schema.safeParse({ ...silenceOf(), recurrence });
  expect(parsed.error?.issues[0]?.message).toContain(message);
});

function spans(found: readonly { readonly startMs: number; readonly endMs: number }[]): string[] {
  const text = (at: number) => new Date(at).toISOString().replace('.000', '');
  return found.map(({ startMs, endMs }) => `${text(startMs)}/${text(endMs)}`);
}
