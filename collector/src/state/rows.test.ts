import { silence } from '@nightjar/alerts/schema';
import { expect, it } from 'vitest';
import { readableSilences } from './rows.ts';

it('a silence that cannot be read takes no other with it, and stops nobody from being told', () => {
  const kept = silence.parse({
    id: 'kept',
    matchers: [{ label: 'service', value: 'shop' }],
    startsAt: 0,
    endsAt: 86_400_000,
    recurrence: { rrule: 'FREQ=DAILY', tz: 'UTC' },
    by: 'ada',
    reason: '',
  });
  const unknown = { ...kept, id: 'unknown', recurrence: { rrule: 'FREQ=DAILY', tz: 'Mars/Olympus' } };
  const rows = [unknown, kept].map((it) => ({ body: JSON.stringify(it) }));
  expect(readableSilences(rows)).toEqual([kept]);
});
