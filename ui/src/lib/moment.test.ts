import { expect, it } from 'vitest';
import { absoluteTime, axisTime, relativeTime, spanText } from './moment.ts';

const now = new Date(2026, 10, 20, 8, 27, 39, 123).getTime();

it.each([
  [0, 'just now'],
  [4_999, 'just now'],
  [42_000, '42 s ago'],
  [18 * 60_000 + 59_000, '18 min ago'],
  [47 * 3_600_000, '47 h ago'],
  [72 * 3_600_000, '3 d ago'],
  [-60_000, 'in 1 min'],
])('says %d ms ago as %s', (agoMs, text) => {
  expect(relativeTime(now - agoMs, now)).toBe(text);
});

it('writes absolute times that sort as they read', () => {
  expect(absoluteTime(now, 'ms')).toBe('2026-11-20 08:27:39.123');
  expect(absoluteTime(now, 'minute')).toBe('2026-11-20 08:27');
});

it('labels an axis with no more than its range needs', () => {
  expect(axisTime(now, 5 * 60_000)).toBe('08:27:39');
  expect(axisTime(now, 3_600_000)).toBe('08:27');
  expect(axisTime(now, 3 * 86_400_000)).toBe('11-20 08:27');
  expect(axisTime(now, 7 * 86_400_000)).toBe('11-20');
});

it('says the day of a span once where it is the same', () => {
  const hourMs = 3_600_000;
  expect(spanText(now, now + hourMs)).toBe('2026-11-20 08:27 – 09:27');
  expect(spanText(now, now + 24 * hourMs)).toBe('2026-11-20 08:27 – 2026-11-21 08:27');
});
