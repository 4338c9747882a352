import { z } from 'zod';
import type { Plan, SeriesSource } from './time.ts';

/** Bound parameters that most queries share, and the text that uses them. Nothing here comes from a user. */
export const windowParams = z.object({
  fromMs: z.number().int(),
  toMs: z.number().int(),
  environment: z.string().optional(),
});
export type WindowParams = z.infer<typeof windowParams>;

export const stepParams = windowParams.extend({ stepMs: z.number().int().positive() });

export function windowOf(plan: Pick<Plan, 'fromMs' | 'toMs'>, environment: string | undefined): WindowParams {
  return { fromMs: plan.fromMs, toMs: plan.toMs, ...(environment === undefined ? {} : { environment }) };
}

/** Rows whose time (64-bit) is in the window. */
export function during(column: string): string {
  return `${column} >= fromUnixTimestamp64Milli({fromMs:Int64}) AND ${column} < fromUnixTimestamp64Milli({toMs:Int64})`;
}

/** Rows of the minutes that the window touches. */
export const duringMinutes =
  'minute >= toDateTime(intDiv({fromMs:Int64}, 60000) * 60) AND minute < toDateTime(intDiv({toMs:Int64} + 59999, 60000) * 60)';

/** `AND a AND b` of the conditions that apply; '' of none. */
export function and(...conditions: readonly (string | false | undefined)[]): string {
  return conditions
    .filter((condition) => typeof condition === 'string')
    .map((condition) => `\n  AND ${condition}`)
    .join('');
}

/** How a table (as `t`) says the measures that both the raw requests and their rollup know. */
export interface Measures {
  readonly table: string;
  readonly during: string;
  readonly timeMs: string;
  readonly bucket: string;
  readonly requests: string;
  readonly errors: string;
  readonly samples: string;
  readonly totalNs: string;
  /** Array of p50, p95, p99 in nanoseconds, merged from sketches. */
  readonly quantiles: string;
}

const allLevels = '(0.01, 0.5, 0.95, 0.99)';

/**
 * Quantiles by a sketch, as an array, in nanoseconds. It answers with the middle of a bucket, which may lie above all that
 * was measured: none is beyond the slowest. Nothing (NaN) stays nothing.
 */
export const quantilesOf = {
  rows: (levels: string = allLevels): string =>
    notBeyond({
      max: 'max(t.duration_ns)',
      quantiles: `quantilesDD${levels}(t.duration_ns)`,
    }),
  sketches: (levels: string = allLevels): string =>
    notBeyond({
      max: 'max(t.duration_max_ns)',
      quantiles: `quantilesDDMerge${levels}(t.duration_quantiles)`,
    }),
} as const;

function notBeyond({ max, quantiles }: { readonly max: string; readonly quantiles: string }): string {
  return `arrayMap(estimate -> if(estimate > ${max}, toFloat64(${max}), estimate), ${quantiles})`;
}

const rollup = {
  during: duringMinutes,
  timeMs: 'toInt64(toUnixTimestamp(minute)) * 1000',
  bucket: 'intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}',
  requests: 'sum(t.requests)',
  errors: 'sum(t.errors)',
  samples: 'sum(t.samples)',
  totalNs: 'sum(t.duration_ns)',
  quantiles: quantilesOf.sketches(),
} satisfies Omit<Measures, 'table'>;

export const measures: Readonly<Record<SeriesSource, Measures>> = {
  requests: {
    table: 'requests',
    during: during('start_time'),
    timeMs: 'toUnixTimestamp64Milli(start_time)',
    bucket: 'intDiv(toUnixTimestamp64Milli(start_time), {stepMs:Int64}) * {stepMs:Int64}',
    requests: 'sum(toFloat64(weight))',
    errors: 'sum(if(is_error, toFloat64(weight), 0))',
    samples: 'count()',
    totalNs: 'sum(toFloat64(duration_ns) * weight)',
    quantiles: quantilesOf.rows(),
  },
  minutes: { table: 'operation_minutes', ...rollup },
};

/** The rollup without operations: for whole services it holds far fewer sketches to merge. */
export const serviceMeasures: Readonly<Record<SeriesSource, Measures>> = {
  requests: measures.requests,
  minutes: { table: 'service_minutes', ...rollup },
};

export const bucketOfStart = measures.requests.bucket;

/** The engine writes a figure of nothing (NaN) as null. */
export const quantilesRow = z.array(z.number().nullable());

const nsPerMs = 1e6;

export function msOf(ns: number | null | undefined): number | null {
  return ns === null || ns === undefined ? null : ns / nsPerMs;
}

export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** 16 hex digits of a 64-bit number in decimal text. */
export function hex64(decimal: string): string {
  return BigInt(decimal).toString(16).padStart(16, '0');
}

/** Rows by a key, for joins in code. */
export function byKey<Row>(rows: readonly Row[], key: (row: Row) => string): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [key(row), row]));
}
