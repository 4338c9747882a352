import type { Logger } from 'pino';
import type { AlertStore, Channel, ClaimedRow, Count, Now, SendOutcome, Settlement } from '../ports.ts';
import { retryDelayMs } from './backoff.ts';
import { channelFailingRow } from './channel-failing.ts';

export const attemptTimeoutMs = 10_000;
/** Longer than an attempt: a claim lapses only when its worker is gone. */
export const leaseMs = 30_000;
export const inFlightMax = 8;
export const giveUpAfterMs = 24 * 3_600_000;

export interface WorkerOptions {
  readonly store: AlertStore;
  readonly channels: readonly Channel[];
  /** Told when another channel refuses a message; best one that cannot fail. */
  readonly fallback?: string;
  readonly baseUrl: string;
  readonly now: Now;
  readonly log: Logger;
  readonly count?: Count;
  readonly random?: () => number;
  readonly timeoutSignal?: (ms: number) => AbortSignal;
}

/** Takes messages from the outbox to the channels: at least once, in order within (channel, dedup key). */
export interface DeliveryWorker {
  readonly channels: readonly string[];
  /** Sends what is due on one channel; channels never wait for each other. Returns the number of attempts. */
  drain(channel: string, stopping?: AbortSignal): Promise<number>;
}

export function createDeliveryWorker(options: WorkerOptions): DeliveryWorker {
  const { store, now, log } = options;
  const count: Count = options.count ?? (() => undefined);
  const random = options.random ?? Math.random;
  const timeoutSignal = options.timeoutSignal ?? ((ms: number) => AbortSignal.timeout(ms));
  const channels = new Map(options.channels.map((channel) => [channel.name, channel]));

  return { channels: [...channels.keys()], drain };

  async function drain(name: string, stopping?: AbortSignal): Promise<number> {
    const channel = channels.get(name);
    if (channel === undefined) return 0;
    let attempts = 0;
    for (;;) {
      if (stopping?.aborted === true) return attempts;
      const rows = await store.claim({ channel: name, nowMs: now(), rowsMax: inFlightMax, leaseMs });
      if (rows.length === 0) return attempts;
      attempts += rows.length;
      await Promise.all(rows.map(async (row) => await attemptRow(channel, row)));
    }
  }

  async function attemptRow(channel: Channel, row: ClaimedRow): Promise<void> {
    const outcome = await attempt(channel, row);
    const settlement = settlementOf(row, outcome);
    if (!(await store.settle(settlement))) {
      count('leases_lost', 1);
      log.warn(
        { channel: row.channel, eventId: row.notification.eventId },
        'delivery lease lost, may be sent again',
      );
      return;
    }
    report(row, settlement);
  }

  async function attempt(channel: Channel, row: ClaimedRow): Promise<SendOutcome> {
    if (now() - row.createdAtMs >= giveUpAfterMs)
      return { kind: 'rejected', reason: 'not delivered within 24 hours' };
    const signal = timeoutSignal(attemptTimeoutMs);
    const { promise: timedOut, resolve } = Promise.withResolvers<SendOutcome>();
    const onAbort = () => resolve({ kind: 'retry', reason: 'timed out' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([channel.send(row.notification, signal), timedOut]);
    } catch (error) {
      return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  function settlementOf(row: ClaimedRow, outcome: SendOutcome): Settlement {
    const settled = { id: row.id, lease: row.lease, atMs: now() };
    switch (outcome.kind) {
      case 'delivered':
        return { ...settled, kind: 'delivered' };
      case 'rejected':
        return { ...settled, kind: 'dead', reason: outcome.reason, followUp: followUp(row, outcome.reason) };
      case 'retry': {
        const delayMs = retryDelayMs({ attempt: row.attempt, afterMs: outcome.afterMs, random: random() });
        return { ...settled, kind: 'retry', notBeforeMs: settled.atMs + delayMs, reason: outcome.reason };
      }
      default:
        return assertNever(outcome);
    }
  }

  function followUp(row: ClaimedRow, reason: string) {
    const { fallback, baseUrl } = options;
    if (fallback === undefined || fallback === row.channel || !channels.has(fallback)) return [];
    return [channelFailingRow({ row, reason, fallback, baseUrl, nowMs: now() })];
  }

  function report(row: ClaimedRow, settlement: Settlement): void {
    const facts = { channel: row.channel, eventId: row.notification.eventId, attempt: row.attempt };
    switch (settlement.kind) {
      case 'delivered':
        count('deliveries_sent', 1);
        return;
      case 'retry':
        count('deliveries_retried', 1);
        log.warn({ ...facts, reason: settlement.reason }, 'alert not delivered, it is sent again');
        return;
      case 'dead':
        count('deliveries_dead', 1);
        log.error({ ...facts, reason: settlement.reason }, 'alert given up, it will not be sent again');
        return;
      default:
        assertNever(settlement);
    }
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
