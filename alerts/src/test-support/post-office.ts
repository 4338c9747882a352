import { pino } from 'pino';
import { createDeliveryWorker } from '../delivery/worker.ts';
import type { DeliveryWorker, WorkerOptions } from '../delivery/worker.ts';
import type { AlertCounter, AlertStore, Channel, OutboxRow, SendOutcome } from '../ports.ts';
import { at, batchOf } from '../store-contract/samples.ts';
import { createMemoryStore, emptyData } from './memory-store.ts';
import type { MemoryData } from './memory-store.ts';

export interface PostOffice {
  readonly worker: DeliveryWorker;
  readonly store: AlertStore;
  readonly data: MemoryData;
  readonly counted: ReadonlyMap<AlertCounter, number>;
  /** Milliseconds since the start, virtual. */
  readonly elapsedMs: () => number;
  readonly enqueue: (...rows: readonly OutboxRow[]) => Promise<void>;
  /** Lets time pass in steps, draining every channel at each. */
  readonly run: (untilMs: number, stepMs?: number) => Promise<void>;
}

/** A delivery worker on virtual time. */
export function openPostOffice(
  channels: (now: () => number) => readonly Channel[],
  options: Partial<WorkerOptions> = {},
): PostOffice {
  const data = emptyData();
  const store = createMemoryStore(data);
  const counted = new Map<AlertCounter, number>();
  let nowMs = at;
  let tickMs: number | null = null;
  const now = () => nowMs;
  const worker = createDeliveryWorker({
    store,
    channels: channels(now),
    baseUrl: 'http://127.0.0.1:3400',
    now,
    log: pino({ level: 'silent' }),
    count: (counter, by) => counted.set(counter, (counted.get(counter) ?? 0) + by),
    random: () => 0.75,
    ...options,
  });
  return {
    worker,
    store,
    data,
    counted,
    elapsedMs: () => nowMs - at,
    enqueue: async (...outbox) => {
      await store.commit(batchOf({ expectedTickMs: tickMs, tickMs: (tickMs = (tickMs ?? 0) + 1), outbox }));
    },
    run: async (untilMs, stepMs = 100) => {
      for (; nowMs <= at + untilMs; nowMs += stepMs)
        await Promise.all(worker.channels.map(async (name) => await worker.drain(name)));
    },
  };
}

export interface FakeChannel extends Channel {
  /** Event ids in the order of attempts. */
  readonly attempts: readonly string[];
}

export function fakeChannel(name: string, outcome: (eventId: string) => SendOutcome): FakeChannel {
  const attempts: string[] = [];
  return {
    name,
    attempts,
    send: async ({ eventId }) => {
      attempts.push(eventId);
      return outcome(eventId);
    },
  };
}
