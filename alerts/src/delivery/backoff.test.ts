import { expect, it } from 'vitest';
import { retryDelayMs } from './backoff.ts';

it.each([
  ['the first retry at most a second', 1, undefined, 1, 1_000],
  ['the ceiling doubles', 4, undefined, 1, 8_000],
  ['the ceiling is five minutes', 10, undefined, 1, 300_000],
  ['also after thousands of attempts', 5_000, undefined, 1, 300_000],
  ['anywhere below the ceiling', 4, undefined, 0.25, 2_000],
  ['never at once', 1, undefined, 0, 100],
  ['what the receiver asks for, at the earliest', 9, 7_000, 0, 7_000],
  ['and up to a tenth later', 9, 7_000, 1, 7_700],
  ['a receiver that asks for nothing is not hammered', 1, 0, 1, 100],
])('%s', (_name, attempt, afterMs, random, expected) => {
  expect(retryDelayMs({ attempt, afterMs, random })).toBe(expected);
});
