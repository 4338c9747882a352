import { expect, it } from 'vitest';
import { Judged, Waiting } from './memory.ts';

it('waits until due, for no more than fit, and knows the oldest', () => {
  const waiting = new Waiting(2);
  expect(waiting.oldestS()).toBeUndefined();
  expect(waiting.add('a', { dueS: 10, sinceS: 3 })).toBe(true);
  expect(waiting.add('b', { dueS: 12, sinceS: 1 })).toBe(true);
  expect(waiting.add('c', { dueS: 9, sinceS: 0 })).toBe(false);
  expect(waiting.add('a', { dueS: 11, sinceS: 3 })).toBe(true);
  expect(waiting.due(10, 5)).toEqual([]);
  expect(waiting.due(12, 1)).toEqual(['a']);
  expect(waiting.oldestS()).toBe(1);
  waiting.remove('b');
  expect(waiting.oldestS()).toBe(3);
  expect([waiting.has('a'), waiting.has('b'), waiting.size]).toEqual([true, false, 1]);
});

it('forgets what was judged longest ago', () => {
  const judged = new Judged(2);
  judged.note('a', 5);
  judged.note('b', 5);
  judged.note('a', 6);
  judged.note('c', 1);
  expect([judged.isSame('a', 6), judged.isSame('a', 5), judged.isSame('b', 5)]).toEqual([true, false, false]);
});
