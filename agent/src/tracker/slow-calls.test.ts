import { expect, it } from 'vitest';
import { RepeatBudget, SecondCalls } from './repeats.ts';
import { SlowCalls } from './slow-calls.ts';

it('asks for no stack of a call that was never slow', () => {
  const slow = new SlowCalls();
  expect(slow.isDue('a')).toBe(false);
  slow.noteSlow('b');
  expect(slow.isDue('a')).toBe(false);
});

it('asks for the first four stacks of a slow call, then for one in sixteen', () => {
  const slow = new SlowCalls();
  slow.noteSlow('a');
  const due = Array.from({ length: 64 }, (_, call) => (slow.isDue('a') ? call : -1)).filter(
    (call) => call >= 0,
  );
  expect(due).toEqual([0, 1, 2, 3, 16, 32, 48]);
  // Slow again: it is known already.
  slow.noteSlow('a');
  expect(slow.isDue('a')).toBe(true);
  expect(slow.isDue('a')).toBe(false);
});

it('forgets all beyond its limit', () => {
  const slow = new SlowCalls();
  for (let key = 0; key <= 500; key++) slow.noteSlow(`key ${key}`);
  expect(slow.isDue('key 0')).toBe(false);
  expect(slow.isDue('key 500')).toBe(true);
});

it('lets a request read the stack at the first call of a slow statement', () => {
  const seconds = new SecondCalls(1);
  expect(new RepeatBudget(seconds).isCaptureDue('slow')).toBe(false);
  seconds.slow.noteSlow('slow');
  expect(new RepeatBudget(seconds).isCaptureDue('slow')).toBe(true);
  expect(new RepeatBudget(seconds).isCaptureDue('other')).toBe(false);
});
