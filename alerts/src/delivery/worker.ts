import type { Logger } from 'pino';
import type { AlertStore, Channel, ClaimedRow, Count, Now, SendOutcome, Settlement } from '../ports.ts';
import { attempt, settlementOf } from './attempt.ts';
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

const expired: SendOutcome = { kind: 'rejected', reason: 'not delivered within 24 hours' };

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
    const hasExpired = now() - row.createdAtMs >= giveUpAfterMs;
    const outcome = hasExpired ? expired : await attempt(channel, row, timeoutSignal(attemptTimeoutMs));
    const settlement = settlementOf(row, {
      outcome,
      atMs: now(),
      random: random(),
      followUp: (reason) => followUp(row, reason),
    });
    if (await store.settle(settlement)) report(row, settlement);
    else {
      count('leases_lost', 1);
      const { eventId } = row.notification;
      log.warn({ channel: row.channel, eventId }, 'delivery lease lost, may be sent again');
    }
  }

  function followUp(row: ClaimedRow, reason: string) {
    const { fallback, baseUrl } = options;
    if (fallback === undefined || fallback === row.channel || !channels.has(fallback)) return [];
    return [channelFailingRow({ row, reason, fallback, baseUrl, nowMs: now() })];
  }

  function report(row: ClaimedRow, settlement: Settlement): void {
    if (settlement.kind === 'delivered') {
      count('deliveries_sent', 1);
      return;
    }
    const { channel, notification, attempt: attempts } = row;
    const facts = { channel, eventId: notification.eventId, attempts, reason: settlement.reason };
    if (settlement.kind === 'retry') {
      count('deliveries_retried', 1);
      log.warn(facts, 'alert not delivered, it is sent again');
    } else {
      count('deliveries_dead', 1);
      log.error(facts, 'alert given up, it will not be sent again');
    }
  }
}
