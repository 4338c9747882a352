import { expect, it } from 'vitest';
import { SecondSight } from './second-sight.ts';
import { fingerprintOf } from './shape.ts';

it('tells the second time from the first', () => {
  const seen = new SecondSight();
  expect([1, 2, 1, 2, 1, -7, -7].map((key) => seen.isSecond(key))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    true,
  ]);
});

it('forgets what another key has displaced', () => {
  const seen = new SecondSight();
  for (let key = 1; key <= 100_000; key++) seen.isSecond(key);
  expect(seen.isSecond(1)).toBe(false);
});

it('keeps the fingerprint of a text from its second scan on', () => {
  const sql = 'SELECT id FROM second_sight WHERE id = 17';
  const [first, second, third] = [fingerprintOf(sql), fingerprintOf(sql), fingerprintOf(sql)];
  expect(second).toEqual(first);
  expect(second).not.toBe(first);
  expect(third).toBe(second);
});
