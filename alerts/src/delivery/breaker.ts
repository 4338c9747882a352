// Promise: pure. When a channel that fails is left alone, and when it is tried again.
export const failuresBeforeOpen = 5;
export const openMsFirst = 5_000;
export const openMsMax = 60_000;

export interface Breaker {
  /** Failures since the last success. */
  readonly failures: number;
  /** Not to be used before; null: closed. */
  readonly openUntilMs: number | null;
  readonly openedAtMs: number | null;
}

export const closedBreaker: Breaker = { failures: 0, openUntilMs: null, openedAtMs: null };

export type BreakerState = 'closed' | 'open' | 'half_open';

export function breakerState(breaker: Breaker, nowMs: number): BreakerState {
  if (breaker.openUntilMs === null) return 'closed';
  return nowMs < breaker.openUntilMs ? 'open' : 'half_open';
}

/** After an attempt that failed for now; `afterMs` is the pause that the receiver asked for. */
export function afterFailure(
  breaker: Breaker,
  { nowMs, afterMs }: { readonly nowMs: number; readonly afterMs: number | undefined },
): Breaker {
  const failures = breaker.failures + 1;
  if (failures < failuresBeforeOpen && afterMs === undefined) return { ...breaker, failures };
  const doubled = openMsFirst * 2 ** Math.min(20, Math.max(0, failures - failuresBeforeOpen));
  const pauseMs = afterMs ?? Math.min(openMsMax, doubled);
  return { failures, openUntilMs: nowMs + pauseMs, openedAtMs: breaker.openedAtMs ?? nowMs };
}
