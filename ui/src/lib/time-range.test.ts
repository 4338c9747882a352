import { expect, it } from 'vitest';
import {
  defaultRange,
  fromLocalInput,
  parseRange,
  rangeCorrection,
  relativeLabel,
  shiftRange,
  toLocalInput,
} from './time-range.ts';

const now = 1_790_000_000_000;

it.each([
  [undefined, undefined, defaultRange],
  ['now-6h', 'now', { from: 'now-6h', to: 'now' }],
  ['1789990000000', '1789999000000', { from: '1789990000000', to: '1789999000000' }],
  ['yesterday', 'now', defaultRange],
  ['now', 'now-6h', { from: 'now-6h', to: 'now' }],
  ['now', 'now', defaultRange],
])('reads %s to %s', (from, to, expected) => {
  expect(parseRange(from, to, now)).toEqual(expected);
});

it('corrects an address that says another range than the one shown', () => {
  const range = { from: 'now-6h', to: 'now' };
  expect(rangeCorrection({ from: 'now', to: 'now-6h' }, range)).toEqual(range);
  expect(rangeCorrection({ from: 'yesterday' }, defaultRange)).toEqual(defaultRange);
  expect(rangeCorrection(range, range)).toBeUndefined();
  expect(rangeCorrection({ from: 'now-6h' }, range)).toBeUndefined();
  expect(rangeCorrection({}, defaultRange)).toBeUndefined();
});

it('shifts by its own length and stops at now', () => {
  const before = shiftRange({ from: 'now-1h', to: 'now' }, -1, now);
  expect(before).toEqual({ from: String(now - 7_200_000), to: String(now - 3_600_000) });
  expect(shiftRange(before, 1, now)).toEqual({ from: String(now - 3_600_000), to: String(now) });
  expect(shiftRange({ from: 'now-1h', to: 'now' }, 1, now).to).toBe(String(now));
});

it('names relative ranges only', () => {
  expect(relativeLabel({ from: 'now-1h', to: 'now' })).toBe('Last hour');
  expect(relativeLabel({ from: 'now-90m', to: 'now' })).toBe('Last 90 min');
  expect(relativeLabel({ from: 'now-2h', to: 'now-1h' })).toBeUndefined();
});

it('takes a local time there and back', () => {
  expect(fromLocalInput(toLocalInput(now))).toBe(now);
  expect(fromLocalInput('')).toBeUndefined();
});
