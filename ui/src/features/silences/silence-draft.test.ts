import type { Silence } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { draftOf, newDraft, recurrenceText, silenceOf } from './silence-draft.ts';

const startsAt = Date.parse('2026-03-01T02:00:00Z');
const silence: Silence = {
  id: 's1',
  kind: 'maintenance',
  name: 'Nightly vacuum',
  matchers: [{ label: 'service', op: '=', value: 'shop' }],
  startsAt,
  endsAt: startsAt + 3_600_000,
  recurrence: { rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', tz: 'Europe/Berlin', until: null },
  by: 'ada',
  reason: 'vacuum',
  mode: 'mute',
};

it.each<[string, Silence]>([
  ['on weekdays', silence],
  ['once', { ...silence, recurrence: null, kind: 'silence', name: '' }],
  [
    'by a rule of its own, until a day',
    {
      ...silence,
      recurrence: { rrule: 'FREQ=MONTHLY;BYDAY=1SU', tz: 'UTC', until: startsAt + 86_400_000 * 90 },
    },
  ],
])('takes a silence %s to the form and back', (_, given) => {
  const { id: _id, by: _by, ...rest } = given;
  expect(silenceOf(draftOf(given, 'UTC'))).toEqual(rest);
});

it('means nothing while a time is missing', () => {
  expect(silenceOf({ ...newDraft(startsAt, {}), ends: '' })).toBeUndefined();
});

it('starts at the whole minute and lasts an hour', () => {
  const draft = silenceOf(newDraft(startsAt + 12_345, {}));
  expect([draft?.startsAt, draft?.endsAt]).toEqual([startsAt, startsAt + 3_600_000]);
});

it('says how it comes again', () => {
  expect(recurrenceText({ rrule: 'FREQ=DAILY', tz: 'UTC', until: null })).toBe('every day, UTC');
  expect(recurrenceText({ rrule: 'FREQ=DAILY;INTERVAL=3', tz: 'UTC', until: null })).toBe(
    'FREQ=DAILY;INTERVAL=3, UTC',
  );
});
