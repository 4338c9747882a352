import type { Channel, ChannelHealth, SendOutcome } from '../ports.ts';
import { afterFailure, breakerState, closedBreaker } from './breaker.ts';
import type { Breaker, BreakerState } from './breaker.ts';

type GatedChannel = Pick<Channel, 'name' | 'kind'> & { readonly heartbeatMs?: number | null };

/** What this process knows of one channel: whether it is to be used now, and how it fared. */
export interface Gate {
  state(nowMs: number): BreakerState;
  /** True when this failure shut the gate. */
  note(outcome: SendOutcome, nowMs: number): boolean;
  health(nowMs: number): ChannelHealth;
}

export function createGate({ name, kind = 'custom', heartbeatMs = null }: GatedChannel): Gate {
  let breaker: Breaker = closedBreaker;
  let lastDeliveredAtMs: number | null = null;
  let lastFailure: ChannelHealth['lastFailure'] = null;

  return {
    state: (nowMs) => breakerState(breaker, nowMs),
    note: (outcome, nowMs) => {
      if (outcome.kind === 'delivered') lastDeliveredAtMs = nowMs;
      else lastFailure = { atMs: nowMs, reason: outcome.reason };
      // Who refuses one message answers, and may take the next.
      if (outcome.kind !== 'retry') {
        breaker = closedBreaker;
        return false;
      }
      const wasClosed = breaker.openUntilMs === null;
      breaker = afterFailure(breaker, { nowMs, afterMs: outcome.afterMs });
      return wasClosed && breaker.openUntilMs !== null;
    },
    health: (nowMs) => ({
      channel: name,
      kind,
      heartbeatMs,
      state: breakerState(breaker, nowMs),
      failures: breaker.failures,
      pausedUntilMs: breaker.openUntilMs,
      lastDeliveredAtMs,
      lastFailure,
    }),
  };
}
