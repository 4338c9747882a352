import { instantMs, type Range } from '../contract/index.ts';
import type { Storage } from '../storage/types.ts';

/** What every query function is handed. */
export interface QueryContext {
  readonly storage: Storage;
  readonly nowMs: number;
}

export type SeriesSource = 'requests' | 'minutes';

/** A range cut into buckets of one length, and the table that answers it. */
export interface Plan {
  /** Inclusive, a multiple of the step (or of the minute, where minutes answer). */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly stepMs: number;
  readonly source: SeriesSource;
  /** Seconds of the range that have passed: what rates are divided by. */
  readonly seconds: number;
  /** Start of each bucket, oldest first. */
  readonly starts: readonly number[];
}

export const bucketsMax = 120;
export const sparklineBucketsMax = 40;

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const rangeMaxMs = 800 * dayMs;

/** Which table serves a range. Rows are one a request below, one an operation and minute above. */
const sources: readonly {
  readonly untilMs: number;
  readonly source: SeriesSource;
  readonly unitMs: number;
}[] = [
  { untilMs: 30 * minuteMs, source: 'requests', unitMs: secondMs },
  { untilMs: Number.POSITIVE_INFINITY, source: 'minutes', unitMs: minuteMs },
];

const stepsMs: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minuteMs),
  ...[1, 2, 3, 6, 12].map((count) => count * hourMs),
  ...[1, 2, 7, 14].map((count) => count * dayMs),
];

/** Epoch milliseconds of a requested range: forwards, and no longer than the product keeps anything. */
export function resolveRange(
  range: Pick<Range, 'from' | 'to'>,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Math.max(1, Math.floor(instantMs(range.to, nowMs)));
  const fromMs = Math.floor(instantMs(range.from, nowMs));
  return { fromMs: Math.max(0, toMs - rangeMaxMs, Math.min(fromMs, toMs - 1)), toMs };
}

export function planRange(
  range: Pick<Range, 'from' | 'to'>,
  { nowMs, buckets = bucketsMax }: { readonly nowMs: number; readonly buckets?: number },
): Plan {
  const { fromMs, toMs } = resolveRange(range, nowMs);
  const served = sources.find(({ untilMs }) => toMs - fromMs <= untilMs) ?? {
    source: 'minutes',
    unitMs: minuteMs,
  };
  const fits = (step: number): boolean => Math.ceil(toMs / step) - Math.floor(fromMs / step) <= buckets;
  const largest = stepsMs.at(-1) ?? dayMs;
  const stepMs = stepsMs.find((step) => step >= served.unitMs && fits(step)) ?? largest;
  const alignedFromMs = Math.floor(fromMs / served.unitMs) * served.unitMs;
  const alignedToMs = Math.ceil(toMs / served.unitMs) * served.unitMs;
  const starts: number[] = [];
  for (let start = Math.floor(alignedFromMs / stepMs) * stepMs; start < alignedToMs; start += stepMs)
    starts.push(start);
  return {
    fromMs: alignedFromMs,
    toMs: alignedToMs,
    stepMs,
    source: served.source,
    seconds: Math.max(1, Math.min(alignedToMs, Math.max(nowMs, toMs)) - alignedFromMs) / 1000,
    starts,
  };
}

/** The range of the same length just before, answered by the same table. */
export function before(plan: Plan): Plan {
  const lengthMs = plan.toMs - plan.fromMs;
  return { ...plan, fromMs: plan.fromMs - lengthMs, toMs: plan.fromMs, starts: [] };
}
