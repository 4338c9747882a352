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

export function createSpanQueue(limits: BatchLimits, sink: SpanSink): SpanQueue {
  const { drops, resource, measure = (step) => step() } = sink;
  const batch = new SpanBatch();
  let sealed: Parcel[] = [];
  let sealedSpans = 0;
  let sealedBytes = 0;
  let inFlight: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const seal = (): void => {
    const { spans } = batch;
    if (spans === 0) return;
    const body = measure(() => batch.take(resource));
    sealed.push({ body, spans });
    sealedSpans += spans;
    sealedBytes += body.byteLength;
  };
  const nextParcel = (): Parcel | undefined => {
    const parcel = sealed.shift();
    sealedSpans -= parcel?.spans ?? 0;
    sealedBytes -= parcel?.body.byteLength ?? 0;
    return parcel;
  };
  const sendSealed = (): Promise<void> => {
    inFlight ??= (async () => {
      for (let parcel = nextParcel(); parcel !== undefined; parcel = nextParcel()) {
        const outcome = await sink.deliver(parcel.body).catch(() => 'unreachable' as const);
        if (outcome !== 'delivered') drops.drop(isClosed ? 'shutdown' : outcome, parcel.spans);
      }
    })().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
  const sendAll = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    seal();
    return sendSealed();
  };
  const forget = (): readonly Parcel[] => {
    clearTimeout(timer);
    timer = undefined;
    seal();
    const parcels = sealed;
    sealed = [];
    sealedSpans = 0;
    sealedBytes = 0;
    return parcels;
  };
  const isFull = (): boolean =>
    batch.spans + sealedSpans >= limits.queueItemsMax || batch.bytes + sealedBytes >= QUEUE_BYTES_MAX;

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
    waiting: () => batch.spans + sealedSpans,
  };
}
