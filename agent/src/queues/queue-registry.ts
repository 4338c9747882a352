import { context } from '@opentelemetry/api';
import type {
  Attributes,
  BatchObservableResult,
  Histogram,
  Meter,
  ObservableGauge,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  QUEUE_DEPTH_METRIC,
  QUEUE_FAILED_METRIC,
  QUEUE_IN_FLIGHT_METRIC,
  QUEUE_WAIT_METRIC,
  QUEUE_OLDEST_AGE_METRIC,
} from '../attributes.ts';

export interface QueueReading {
  /** Jobs that wait to be taken. */
  readonly depth: number;
  readonly oldestAgeMs?: number;
  readonly inFlight?: number;
  readonly failed?: number;
}

/** Called once an export interval, outside any request. */
export type ReadQueue = () => number | QueueReading | Promise<number | QueueReading>;

/** The queues whose depth is reported. A reader that throws, hangs or answers nonsense skips its turn. */
export interface QueueRegistry {
  /** A name observed twice keeps the later reader. Returns the way to stop. */
  readonly observe: (name: string, read: ReadQueue, about?: Attributes) => () => void;
  readonly has: (name: string, about?: Attributes) => boolean;
  /** A job was taken after so long in its queue. */
  readonly noteWait: (name: string, waitMs: number, about?: Attributes) => void;
  readonly report: (meter: Meter) => void;
}

const QUEUES_MAX = 500;
const READ_TIMEOUT_MS = 2_000;
const ATTRIBUTE = 'messaging.destination.name';

export function createQueueRegistry(): QueueRegistry {
  const readers = new Map<string, ObservedQueue>();
  const waited = new Set<string>();
  let waits: Histogram | undefined;
  return {
    observe: (name, read, about = {}) => {
      const key = keyOf(name, about);
      const queue = { read, attributes: { ...about, [ATTRIBUTE]: name }, isPending: false };
      if (readers.has(key) || readers.size < QUEUES_MAX) readers.set(key, queue);
      return () => {
        if (readers.get(key) === queue) readers.delete(key);
      };
    },
    has: (name, about = {}) => readers.has(keyOf(name, about)),
    noteWait: (name, waitMs, about = {}) => {
      const key = keyOf(name, about);
      if (waits === undefined || !(waitMs >= 0) || (!waited.has(key) && waited.size >= QUEUES_MAX)) return;
      waited.add(key);
      waits.record(waitMs, { ...about, [ATTRIBUTE]: name });
    },
    report: (meter) => {
      const gauges = createGauges(meter);
      waits = meter.createHistogram(QUEUE_WAIT_METRIC, {
        unit: 'ms',
        description: 'Time from when a job was due until it was taken',
        advice: { explicitBucketBoundaries: WAIT_BOUNDARIES_MS },
      });
      meter.addBatchObservableCallback(async (result) => {
        await Promise.all(
          Array.from(readers.values(), async (queue) => await observeOne({ result, gauges, queue })),
        );
      }, Object.values(gauges));
    },
  };
}

const WAIT_BOUNDARIES_MS = [5, 25, 100, 500, 1_000, 5_000, 15_000, 60_000, 300_000, 1_800_000, 7_200_000];

interface ObservedQueue {
  readonly read: ReadQueue;
  /** One that hangs is not asked again on top. */
  isPending: boolean;
  readonly attributes: Attributes;
}

function keyOf(name: string, about: Attributes): string {
  return JSON.stringify([name, ...Object.values(about)]);
}

interface QueueGauges {
  readonly [name: string]: ObservableGauge;
  readonly depth: ObservableGauge;
  readonly oldestAgeMs: ObservableGauge;
  readonly inFlight: ObservableGauge;
  readonly failed: ObservableGauge;
}

function createGauges(meter: Meter): QueueGauges {
  const jobs = { unit: '{job}' };
  return {
    depth: meter.createObservableGauge(QUEUE_DEPTH_METRIC, {
      ...jobs,
      description: 'Jobs that wait to be taken',
    }),
    oldestAgeMs: meter.createObservableGauge(QUEUE_OLDEST_AGE_METRIC, {
      unit: 'ms',
      description: 'Age of the job that has waited longest',
    }),
    inFlight: meter.createObservableGauge(QUEUE_IN_FLIGHT_METRIC, {
      ...jobs,
      description: 'Jobs taken, not done',
    }),
    failed: meter.createObservableGauge(QUEUE_FAILED_METRIC, { ...jobs, description: 'Jobs kept as failed' }),
  };
}

interface Observation {
  readonly result: BatchObservableResult;
  readonly gauges: QueueGauges;
  readonly queue: ObservedQueue;
}

async function observeOne({ result, gauges, queue }: Observation): Promise<void> {
  if (queue.isPending) return;
  const answer = await readInTime(queue);
  if (answer === undefined) return;
  const reading = typeof answer === 'number' ? { depth: answer } : answer;
  for (const [key, value] of Object.entries(reading)) {
    const gauge = gauges[key];
    if (gauge !== undefined && Number.isFinite(value)) result.observe(gauge, value, queue.attributes);
  }
}

async function readInTime(queue: ObservedQueue): Promise<number | QueueReading | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, READ_TIMEOUT_MS, undefined).unref();
  });
  try {
    const answer = context.with(suppressTracing(context.active()), async () => await queue.read());
    queue.isPending = true;
    const settled = (): void => {
      queue.isPending = false;
    };
    answer.then(settled, settled);
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
