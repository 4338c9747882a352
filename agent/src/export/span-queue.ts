import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchLimits } from '../config.ts';
import type { Delivery } from './batch-queue.ts';
import type { DropCounters } from './counters.ts';
import { SpanBatch } from './span-batch.ts';

/**
 * What `createBatchQueue` is for log records, for spans, which wait as bytes. Promises: `add` is synchronous and never throws;
 * at most `queueItemsMax` spans and `QUEUE_BYTES_MAX` bytes wait and one request is in flight; the newest are dropped, and
 * counted, when full.
 */
export interface SpanQueue {
  readonly add: (span: ReadableSpan) => void;
  /** Sends what waits now. Resolves when it was sent or dropped. */
  readonly flush: () => Promise<void>;
  /** No further span is taken. Spans still waiting are dropped and counted. */
  readonly close: () => void;
  /** Hands over all that waits: the process is ending and its end sends them. */
  readonly take: () => readonly Uint8Array[];
  readonly waiting: () => number;
}

export interface SpanSink {
  /** Of the provider that all spans come from. */
  readonly resource: Resource;
  readonly deliver: (body: Uint8Array) => Promise<Delivery>;
  readonly drops: DropCounters;
  /** Told how long a request takes to put together. */
  readonly measure?: (<Result>(step: () => Result) => Result) | undefined;
}

const BATCH_BYTES_MAX = 2 * 1024 * 1024;
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;

interface Parcel {
  readonly body: Uint8Array;
  readonly spans: number;
}

/** Requests that are ready, with what they hold. */
class Parcels {
  spans = 0;
  bytes = 0;
  #parcels: Parcel[] = [];

  push(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.spans += parcel.spans;
    this.bytes += parcel.body.byteLength;
  }

  shift(): Parcel | undefined {
    const parcel = this.#parcels.shift();
    this.spans -= parcel?.spans ?? 0;
    this.bytes -= parcel?.body.byteLength ?? 0;
    return parcel;
  }

  takeAll(): readonly Parcel[] {
    const all = this.#parcels;
    this.#parcels = [];
    this.spans = 0;
    this.bytes = 0;
    return all;
  }
}

export function createSpanQueue(limits: BatchLimits, sink: SpanSink): SpanQueue {
  const { drops, resource, measure = (step) => step() } = sink;
  const batch = new SpanBatch();
  const ready = new Parcels();
  let inFlight: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const seal = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const { spans } = batch;
    if (spans === 0) return;
    try {
      ready.push({ body: measure(() => batch.take(resource)), spans });
    } catch {
      drops.drop('unserialisable', spans);
    }
  };
  const sendAll = (): Promise<void> => {
    seal();
    if (ready.spans === 0) return inFlight ?? Promise.resolve();
    inFlight ??= (async () => {
      for (let parcel = ready.shift(); parcel !== undefined; parcel = ready.shift()) {
        const outcome = await sink.deliver(parcel.body).catch(() => 'unreachable' as const);
        if (outcome !== 'delivered') drops.drop(isClosed ? 'shutdown' : outcome, parcel.spans);
      }
      // At once, not in a `finally`: what becomes ready in between would wait for the next batch.
      inFlight = undefined;
    })();
    return inFlight;
  };
  const forget = (): readonly Parcel[] => {
    seal();
    return ready.takeAll();
  };
  const isFull = (): boolean =>
    batch.spans + ready.spans >= limits.queueItemsMax || batch.bytes + ready.bytes >= QUEUE_BYTES_MAX;

  return {
    add: (span) => {
      if (isClosed) return drops.drop('shutdown', 1);
      if (isFull()) return drops.drop('queue_full', 1);
      try {
        batch.add(span);
      } catch {
        return drops.drop('unserialisable', 1);
      }
      if (batch.spans >= limits.batchItemsMax || batch.bytes >= BATCH_BYTES_MAX) void sendAll();
      else timer ??= setTimeout(() => void sendAll(), limits.delayMs).unref();
    },
    flush: sendAll,
    close: () => {
      isClosed = true;
      for (const { spans } of forget()) drops.drop('shutdown', spans);
    },
    take: () => forget().map(({ body }) => body),
    waiting: () => batch.spans + ready.spans,
  };
}
