import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Notification, Signal } from '../../schema/index.ts';
import type {
  AlertStore,
  Channel,
  ChannelHealth,
  ClaimedRow,
  Count,
  EvidenceSource,
  Now,
  SendOutcome,
  Settlement,
  TestResult,
} from '../ports.ts';
import { attempt, settlementOf } from './attempt.ts';
import { channelFailingRow } from './channel-failing.ts';
import { createEnricher } from './enrich.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import { createTester } from './test-send.ts';
import { prepareRow } from './prepare-row.ts';

export const attemptTimeoutMs = 10_000;
/** Longer than an attempt with its evidence: a claim lapses only when its worker is gone. */
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
  /** What explains an alert; absent: messages go without. */
  readonly evidence?: EvidenceSource;
  readonly signalOf?: (ruleUid: string) => Signal | undefined;
}

const expired: SendOutcome = { kind: 'rejected', reason: 'not delivered within 24 hours' };

/** Takes messages from the outbox to the channels: at least once, in order within (channel, dedup key). */
export interface DeliveryWorker {
  readonly channels: readonly string[];
  /** Those that alerts may go to: the others take heartbeats only. */
  readonly alertChannels: readonly string[];
  /** Sends what is due on one channel; channels never wait for each other. Returns the number of attempts. */
  drain(channel: string, stopping?: AbortSignal): Promise<number>;
  /** One attempt past the outbox, for messages that are not worth a second. */
  sendNow(channel: string, notification: Notification): Promise<SendOutcome>;
  /** Sends one message that says it is a test, the way alerts go. */
  test(channel: string): Promise<TestResult>;
  health(): readonly ChannelHealth[];
}

export function createDeliveryWorker(options: WorkerOptions): DeliveryWorker {
  const { store, now, log, baseUrl } = options;
  const count: Count = options.count ?? (() => undefined);
  const random = options.random ?? Math.random;
  const timeoutSignal = options.timeoutSignal ?? ((ms: number) => AbortSignal.timeout(ms));
  const channels = new Map(options.channels.map((channel) => [channel.name, channel]));
  const gates = new Map(options.channels.map((channel) => [channel.name, createGate(channel)]));
  const { evidence: source, signalOf = () => undefined } = options;
  const enrich =
    source === undefined ? undefined : createEnricher({ source, signalOf, baseUrl, count, timeoutSignal });
  const test = createTester({ now, baseUrl, newId: randomUUID, send: sendNow });

  return {
    channels: [...channels.keys()],
    alertChannels: options.channels
      .filter(({ takesAlerts }) => takesAlerts !== false)
      .map(({ name }) => name),
    drain,
    sendNow,
    test: async (name) =>
      channels.has(name)
        ? await test(name)
        : { status: 'unknown_channel', httpStatus: null, reason: null, tookMs: 0 },
    health: () => [...gates.values()].map((gate) => gate.health(now())),
  };

  async function drain(name: string, stopping?: AbortSignal): Promise<number> {
    const channel = channels.get(name);
    const gate = gates.get(name);
    if (channel === undefined || gate === undefined) return 0;
    let attempts = 0;
    for (;;) {
      if (stopping?.aborted === true) return attempts;
      const state = gate.state(now());
      if (state === 'open') return attempts;
      const rowsMax = state === 'half_open' ? 1 : inFlightMax;
      const rows = await store.claim({ channel: name, nowMs: now(), rowsMax, leaseMs });
      if (rows.length === 0) return attempts;
      const made = await Promise.all(rows.map(async (row) => await handleRow(channel, gate, row)));
      attempts += made.filter(Boolean).length;
    }
  }

  /** False when nothing was sent: the row went into a later one, or was lost to another worker. */
  async function handleRow(channel: Channel, gate: Gate, claimed: ClaimedRow): Promise<boolean> {
    const prepared = await prepareRow(claimed, { store, enrich, nowMs: now(), count });
    if (prepared.kind === 'lease_lost') reportLost(claimed);
    if (prepared.kind !== 'ready') return false;
    await attemptRow(channel, gate, prepared.row);
    return true;
  }

  async function attemptRow(channel: Channel, gate: Gate, row: ClaimedRow): Promise<void> {
    const hasExpired = now() - row.createdAtMs >= giveUpAfterMs;
    const outcome = hasExpired ? expired : await sendThrough(channel, gate, row.notification);
    const settlement = settlementOf(row, {
      outcome,
      atMs: now(),
      random: random(),
      followUp: (reason) => followUp(row, reason),
    });
    if (await store.settle(settlement)) report(row, settlement, outcome);
    else reportLost(row);
  }

  async function sendNow(name: string, notification: Notification): Promise<SendOutcome> {
    const channel = channels.get(name);
    const gate = gates.get(name);
    if (channel === undefined || gate === undefined) return { kind: 'rejected', reason: 'no such channel' };
    return await sendThrough(channel, gate, notification);
  }

  async function sendThrough(channel: Channel, gate: Gate, message: Notification): Promise<SendOutcome> {
    const outcome = await attempt(channel, message, timeoutSignal(attemptTimeoutMs));
    if (gate.note(outcome, now())) {
      count('breakers_opened', 1);
      log.warn({ channel: channel.name }, 'alert channel fails, it is left alone for a while');
    }
    return outcome;
  }

  function followUp(row: ClaimedRow, reason: string) {
    const { fallback } = options;
    if (fallback === undefined || fallback === row.channel || !channels.has(fallback)) return [];
    return [channelFailingRow({ row, reason, fallback, nowMs: now() })];
  }

  function report(row: ClaimedRow, settlement: Settlement, outcome: SendOutcome): void {
    if (settlement.kind === 'delivered') {
      count('deliveries_sent', 1);
      return;
    }
    const { channel, notification, attempt: attempts } = row;
    const answer = outcome.kind === 'delivered' ? undefined : outcome.detail;
    const facts = { channel, eventId: notification.eventId, attempts, reason: settlement.reason, answer };
    if (settlement.kind === 'retry') {
      count('deliveries_retried', 1);
      log.warn(facts, 'alert not delivered, it is sent again');
    } else {
      count('deliveries_dead', 1);
      log.error(facts, 'alert given up, it will not be sent again');
    }
  }

  function reportLost({ channel, notification: { eventId } }: ClaimedRow): void {
    count('leases_lost', 1);
    log.warn({ channel, eventId }, 'delivery lease lost, may be sent again');
  }
}
