import type { Logger } from 'pino';
import type { AlertStore, Now } from './ports.ts';

/** An evaluator that is gone is missed for so long at most. */
export const leaseMsDefault = 15_000;
/** Renewals in one lease: two of three may fail. */
export const renewalsALease = 3;
/** Who follows asks so often whether the lease is free. */
export const followerAsksEveryMs = 1_000;

export type Lead =
  /** No other process can evaluate. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'leads'; readonly epoch: number }
  | { readonly kind: 'follows' };

export interface LeadershipOptions {
  readonly store: AlertStore;
  /** Of this life of this process, and of no other. */
  readonly holder: string;
  readonly now: Now;
  readonly log: Logger;
  readonly leaseMs?: number;
}

/**
 * Which of several evaluators on one store does the work. It saves the others theirs; that every event comes once is
 * settled by the store, which refuses commits of an epoch that has passed and of a tick that was already taken.
 */
export interface Leadership {
  /** Renews from now on, also while a tick takes longer than the lease. */
  start(): void;
  /** Takes, renews or asks for the lease where it is time. Rejects when the store does not answer. */
  look(): Promise<Lead>;
  /** As of the last look. */
  isLeading(): boolean;
  /** Stops renewing and gives the lease back, so that another need not wait for its end. */
  stop(): Promise<void>;
}

export function createLeadership(options: LeadershipOptions): Leadership {
  const { store, holder, now, log, leaseMs = leaseMsDefault } = options;
  let followsSinceMs = Number.NEGATIVE_INFINITY;
  let held: { readonly epoch: number; readonly sinceMs: number } | undefined;
  let asking: Promise<Lead> | undefined;
  let isFirst = true;
  let timer: NodeJS.Timeout | undefined;

  return {
    start: () => {
      if (store.lead === undefined) return;
      timer ??= setInterval(() => void look().catch(tellFailure), leaseMs / renewalsALease);
      timer.unref();
    },
    look,
    isLeading: () => store.lead === undefined || (held !== undefined && isFresh(held.sinceMs, leaseMs)),
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await asking?.catch(() => undefined);
      if (held === undefined) return;
      held = undefined;
      await store.resign?.(holder).catch(tellFailure);
    },
  };

  async function look(): Promise<Lead> {
    if (store.lead === undefined) return { kind: 'alone' };
    if (held !== undefined && isFresh(held.sinceMs, leaseMs / renewalsALease))
      return { kind: 'leads', epoch: held.epoch };
    if (isFresh(followsSinceMs, followerAsksEveryMs)) return { kind: 'follows' };
    asking ??= ask().finally(() => (asking = undefined));
    return await asking;
  }

  async function ask(): Promise<Lead> {
    // The lease counts from before the question: the store's answer may have taken its time.
    const askedMs = now();
    const epoch = await store.lead?.({ holder, leaseMs });
    if (isFirst || epoch !== held?.epoch) tell(epoch);
    isFirst = false;
    held = epoch === undefined ? undefined : { epoch, sinceMs: askedMs };
    if (held === undefined) followsSinceMs = askedMs;
    return epoch === undefined ? { kind: 'follows' } : { kind: 'leads', epoch };
  }

  function isFresh(sinceMs: number, forMs: number): boolean {
    const ageMs = now() - sinceMs;
    return ageMs >= 0 && ageMs < forMs;
  }

  function tellFailure(error: unknown): void {
    log.warn({ err: error }, 'the lease of the evaluator cannot be asked for, it is tried again');
  }

  function tell(epoch: number | undefined): void {
    if (epoch === undefined) log.info('another collector evaluates the alert rules');
    else log.info({ epoch }, 'this collector evaluates the alert rules');
  }
}
