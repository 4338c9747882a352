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
  TestResult,
} from '../ports.ts';
import { settlementOf } from './attempt.ts';
import { channelFailingRow, channelLateAfterMs } from './channel-failing.ts';
import type { ChannelFailure } from './channel-failing.ts';
import { createEnricher } from './enrich.ts';
import { prepareRow } from './prepare-row.ts';
import { createReporter } from './report.ts';
import { createSender } from './sender.ts';
import { createTester } from './test-send.ts';

/** Longer than an attempt with its evidence: a claim lapses only when its worker is gone. */
export const leaseMs = 30_000;
export const inFlightMax = 8;
export const giveUpAfterMs = 24 * 3_600_000;

export interface WorkerOptions {
  readonly store: AlertStore;
  readonly channels: readonly Channel[];
  /** Told when another channel loses a message: the first of them that is another; best the last cannot fail. */
  readonly fallbacks?: readonly string[];
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
  readonly sendNow: (channel: string, notification: Notification) => Promise<SendOutcome>;
  /** Sends one message that says it is a test, the way alerts go. */
  test(channel: string): Promise<TestResult>;
  readonly health: () => readonly ChannelHealth[];
}

export function createDeliveryWorker(options: WorkerOptions): DeliveryWorker {
  const { store, now, log, baseUrl, fallbacks = [], evidence, signalOf = () => undefined } = options;
  const count: Count = options.count ?? (() => undefined);
  const random = options.random ?? Math.random;
  const timeoutSignal = options.timeoutSignal ?? ((ms: number) => AbortSignal.timeout(ms));
  const sender = createSender({ channels: options.channels, now, log, count, timeoutSignal });
  const report = createReporter({ log, count });
  const enrich =
    evidence === undefined
      ? undefined
      : createEnricher({ source: evidence, signalOf, baseUrl, now, count, timeoutSignal });
  const test = createTester({ now, baseUrl, newId: randomUUID, send: sender.send });

  return {
    channels: sender.names,
    alertChannels: options.channels
      .filter(({ takesAlerts }) => takesAlerts !== false)
      .map(({ name }) => name),
    drain,
    sendNow: sender.send,
    test: async (name) =>
      sender.names.includes(name)
        ? await test(name)
        : { status: 'unknown_channel', httpStatus: null, reason: null, tookMs: 0 },
    health: sender.health,
  };

  async function drain(channel: string, stopping?: AbortSignal): Promise<number> {
    let attempts = 0;
    for (;;) {
      const state = sender.state(channel);
      if (stopping?.aborted === true || state === undefined || state === 'open') return attempts;
      const rowsMax = state === 'half_open' ? 1 : inFlightMax;
      const rows = await store.claim({ channel, nowMs: now(), rowsMax, leaseMs });
      if (rows.length === 0) return attempts;
      const made = await Promise.all(rows.map(handleRow));
      attempts += made.filter(Boolean).length;
    }
  }

  /** False when nothing was sent: the row went into a later one, or was lost to another worker. */
  async function handleRow(claimed: ClaimedRow): Promise<boolean> {
    const prepared = await prepareRow(claimed, { store, enrich, nowMs: now(), count });
    if (prepared.kind === 'lease_lost') report.lost(claimed);
    if (prepared.kind !== 'ready') return false;
    const { row } = prepared;
    const hasExpired = now() - row.createdAtMs >= giveUpAfterMs;
    const outcome = hasExpired ? expired : await sender.send(row.channel, row.notification);
    const settlement = settlementOf(row, {
      outcome,
      atMs: now(),
      random: random(),
      followUp: (reason) => followUp(row, { what: 'lost', reason }),
    });
    if (await store.settle(settlement)) report.settled(row, settlement, outcome);
    else report.lost(row);
    if (settlement.kind === 'retry' && now() - row.createdAtMs >= channelLateAfterMs)
      await store.enqueue(followUp(row, { what: 'late', reason: settlement.reason }));
    return true;
  }

  function followUp(row: ClaimedRow, failure: Pick<ChannelFailure, 'what' | 'reason'>) {
    const fallback = fallbacks.find((name) => name !== row.channel && sender.names.includes(name));
    if (fallback === undefined) return [];
    return [channelFailingRow({ row, ...failure, fallback, nowMs: now() })];
  }
}
