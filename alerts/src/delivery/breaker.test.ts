import { expect, it } from 'vitest';
import { afterFailure, breakerState, closedBreaker, failuresBeforeOpen, openMsMax } from './breaker.ts';

it('opens after five failures in a row, for twice as long each time, a minute at most', () => {
  let breaker = closedBreaker;
  const pauses: (number | null)[] = [];
  for (let failure = 1; failure <= failuresBeforeOpen + 5; failure += 1) {
    breaker = afterFailure(breaker, { nowMs: 1_000, afterMs: undefined });
    pauses.push(breaker.openUntilMs === null ? null : breaker.openUntilMs - 1_000);
  }
  expect(pauses).toEqual([null, null, null, null, 5_000, 10_000, 20_000, 40_000, openMsMax, openMsMax]);
  expect(breaker.openedAtMs).toBe(1_000);
});

it('opens at once for as long as the receiver asks', () => {
  const breaker = afterFailure(closedBreaker, { nowMs: 0, afterMs: 7_000 });
  expect(breakerState(breaker, 6_999)).toBe('open');
  expect(breakerState(breaker, 7_000)).toBe('half_open');
  expect(breakerState(closedBreaker, 0)).toBe('closed');
});
