import type { BatchLimits } from '../config.ts';
import type { DropCounters } from './counters.ts';
import type { SendOutcome } from './otlp-sender.ts';

export type Delivery = SendOutcome | 'unserialisable';

/**
 * A bounded queue in front of a sender. Promises: `add` is synchronous and never throws; at most
 * `queueItemsMax` items wait and one batch is in flight; the newest are dropped, and counted, when full.
 */
export interface BatchQueue<Item> {
  readonly add: (item: Item) => void;
  /** Sends what waits now. Resolves when it was sent or dropped. */
  readonly flush: () => Promise<void>;
  /** No further item is taken. Items still waiting are dropped and counted. */
  readonly close: () => void;
  /** Hands over all that waits: the process is ending and its end sends them. */
  readonly take: () => Item[];
  readonly waiting: () => number;
}

export interface BatchSink<Item> {
  readonly deliver: (items: Item[]) => Promise<Delivery>;
  readonly drops: DropCounters;
}

export function createBatchQueue<Item>(limits: BatchLimits, sink: BatchSink<Item>): BatchQueue<Item> {
  let waiting: Item[] = [];
  let inFlight: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let owed = 0;

  const schedule = (): void => {
    if (timer !== undefined || isClosed || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void sendWhole(waiting.length);
    }, limits.delayMs).unref();
  };

  const sendOne = async (): Promise<void> => {
    const batch = waiting.slice(0, limits.batchItemsMax);
    waiting = waiting.slice(batch.length);
    const outcome = await sink.deliver(batch).catch(() => 'unreachable' as const);
    if (outcome !== 'delivered') sink.drops.drop(isClosed ? 'shutdown' : outcome, batch.length);
  };

  /**
   * Sends `items`, and full batches beyond them. What arrives meanwhile waits for its own delay: sent as it comes, it
   * would go out in tiny batches, each at the price of a request.
   */
  const sendWhole = (items: number): Promise<void> => {
    owed = Math.max(owed, items);
    inFlight ??= (async () => {
      while (waiting.length > 0 && (owed > 0 || waiting.length >= limits.batchItemsMax)) {
        owed -= Math.min(waiting.length, limits.batchItemsMax);
        await sendOne();
      }
    })().finally(() => {
      inFlight = undefined;
      owed = 0;
      schedule();
    });
    return inFlight;
  };

  return {
    add: (item) => {
      if (isClosed) return sink.drops.drop('shutdown', 1);
      if (waiting.length >= limits.queueItemsMax) return sink.drops.drop('queue_full', 1);
      waiting.push(item);
      if (waiting.length >= limits.batchItemsMax) void sendWhole(0);
      else schedule();
    },
    flush: () => sendWhole(waiting.length),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      sink.drops.drop('shutdown', waiting.length);
      waiting = [];
    },
    take: () => {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    waiting: () => waiting.length,
  };
}
