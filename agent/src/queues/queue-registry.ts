import { context } from '@opentelemetry/api';
import type { BatchObservableResult, Meter, ObservableGauge } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  QUEUE_DEPTH_METRIC,
  QUEUE_FAILED_METRIC,
  QUEUE_IN_FLIGHT_METRIC,
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
  readonly observe: (name: string, read: ReadQueue) => () => void;
  readonly has: (name: string) => boolean;
  readonly report: (meter: Meter) => void;
}

const QUEUES_MAX = 500;
const READ_TIMEOUT_MS = 2_000;
const ATTRIBUTE = 'messaging.destination.name';

export function createQueueRegistry(): QueueRegistry {
  const readers = new Map<string, ReadQueue>();
  return {
    observe: (name, read) => {
      if (readers.has(name) || readers.size < QUEUES_MAX) readers.set(name, read);
      return () => {
        if (readers.get(name) === read) readers.delete(name);
      };
    },
    has: (name) => readers.has(name),
    report: (meter) => {
      const gauges = createGauges(meter);
      meter.addBatchObservableCallback(async (result) => {
        await Promise.all(
          [...readers].map(async ([name, read]) => await observeOne({ result, gauges, name, read })),
        );
      }, Object.values(gauges));
    },
  };
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
  readonly name: string;
  readonly read: ReadQueue;
}

async function observeOne({ result, gauges, name, read }: Observation): Promise<void> {
  const answer = await readInTime(read);
  if (answer === undefined) return;
  const reading = typeof answer === 'number' ? { depth: answer } : answer;
  for (const [key, value] of Object.entries(reading)) {
    const gauge = gauges[key];
    if (gauge !== undefined && Number.isFinite(value)) result.observe(gauge, value, { [ATTRIBUTE]: name });
  }
}

async function readInTime(read: ReadQueue): Promise<number | QueueReading | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, READ_TIMEOUT_MS, undefined).unref();
  });
  try {
    const answer = context.with(suppressTracing(context.active()), async () => await read());
    answer.catch(() => undefined);
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
