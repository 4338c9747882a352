import { z } from 'zod';
import type { Query } from '../storage/types.ts';
import { and, during, windowParams } from './sql.ts';

const scopeParams = windowParams.extend({
  name: z.string(),
  service: z.string().optional(),
  groupBy: z.string().optional(),
});
type ScopeParams = z.infer<typeof scopeParams>;

const seriesParams = scopeParams.extend({ labels: z.array(z.string()), stepMs: z.number().int().positive() });
export type SeriesParams = z.infer<typeof seriesParams>;

const typedLabels: ReadonlyMap<string, string> = new Map([
  ['service', 'm.service'],
  ['service.name', 'm.service'],
  ['environment', 'm.environment'],
  ['queue', 'm.queue'],
]);

/** SQL of the label that a metric is split by: a column where it has one, else an attribute by bound name. */
function labelOf(groupBy: string | undefined): string {
  if (groupBy === undefined) return "''";
  return typedLabels.get(groupBy) ?? 'm.attributes[{groupBy:String}]';
}

function filters(params: ScopeParams): string {
  return and(
    params.service !== undefined && 'm.service = {service:String}',
    params.environment !== undefined && 'm.environment = {environment:String}',
  );
}

const aboutRow = z.object({
  type: z.string(),
  is_monotonic: z.boolean(),
  unit: z.string(),
  points: z.number(),
});

export const aboutMetricQuery: Query<ScopeParams, z.infer<typeof aboutRow>> = {
  name: 'metric_series.about',
  sql: (params) => `SELECT
  toString(any(m.type)) AS type,
  max(m.is_monotonic) AS is_monotonic,
  any(m.unit) AS unit,
  count() AS points
FROM metric_points AS m
WHERE m.name = {name:String}
  AND ${during('m.time')}${filters(params)}`,
  params: scopeParams,
  row: aboutRow,
};

const labelsParams = scopeParams.extend({ rows: z.number().int().positive() });
const labelRow = z.object({ label: z.string(), points: z.number() });

export const labelsQuery: Query<z.infer<typeof labelsParams>, z.infer<typeof labelRow>> = {
  name: 'metric_series.labels',
  sql: (params) => `SELECT
  ${labelOf(params.groupBy)} AS label,
  count() AS points
FROM metric_points AS m
WHERE m.name = {name:String}
  AND ${during('m.time')}${filters(params)}
GROUP BY label
ORDER BY points DESC, label
LIMIT {rows:UInt32}`,
  params: labelsParams,
  row: labelRow,
};

const bucket = 'intDiv(toUnixTimestamp64Milli(m.time), {stepMs:Int64}) * {stepMs:Int64}';

const scalars = ['avg', 'max', 'min', 'sum', 'last', 'p50', 'p95', 'p99'] as const;
const expressions: Readonly<Record<(typeof scalars)[number], string>> = {
  avg: 'avg(m.value)',
  max: 'max(m.value)',
  min: 'min(m.value)',
  sum: 'sum(m.value)',
  last: 'argMax(m.value, m.time)',
  p50: 'quantile(0.5)(m.value)',
  p95: 'quantile(0.95)(m.value)',
  p99: 'quantile(0.99)(m.value)',
};

const valuesParams = seriesParams.extend({ aggregation: z.enum(scalars) });
const valueRow = z.object({ label: z.string(), start_ms: z.number(), value: z.number().nullable() });

/** One value a label and bucket, of points that hold a value. */
export const valuesQuery: Query<z.infer<typeof valuesParams>, z.infer<typeof valueRow>> = {
  name: 'metric_series.values',
  sql: (params) => `SELECT
  ${labelOf(params.groupBy)} AS label,
  ${bucket} AS start_ms,
  ${expressions[params.aggregation]} AS value
FROM metric_points AS m
WHERE m.name = {name:String}
  AND ${during('m.time')}${filters(params)}
  AND has({labels:Array(String)}, label)
GROUP BY label, start_ms
LIMIT 50000`,
  params: valuesParams,
  row: valueRow,
};

const increaseRow = z.object({
  label: z.string(),
  start_ms: z.number(),
  value: z.number(),
  count: z.number(),
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  bounds: z.array(z.number()),
  counts: z.array(z.number()),
});
export type IncreaseRow = z.infer<typeof increaseRow>;

/** A cumulative point is worth what it has over the one before it; after a restart, all of it. Delta points are worth themselves. */
function increase(column: string): string {
  return `multiIf(temporality = 1, toFloat64(${column}), was_reset, toFloat64(${column}), toFloat64(${column}) - toFloat64(${column}_before))`;
}

const lookBackMs = 300_000;

/** What counters and histograms gained in each bucket, a row a label, bucket and set of bounds. */
export const increasesQuery: Query<SeriesParams, IncreaseRow> = {
  name: 'metric_series.increases',
  sql: (params) => `SELECT
  label,
  start_ms,
  sum(${increase('point_value')}) AS value,
  sum(${increase('point_count')}) AS count,
  sum(${increase('point_sum')}) AS sum,
  min(point_min) AS min,
  max(point_max) AS max,
  bounds,
  sumForEach(if(temporality = 1 OR was_reset OR length(point_counts) != length(point_counts_before),
    arrayMap(now -> toFloat64(now), point_counts),
    arrayMap((now, earlier) -> toFloat64(now) - toFloat64(earlier), point_counts, point_counts_before))) AS counts
FROM (
  SELECT
    ${labelOf(params.groupBy)} AS label,
    m.time AS time,
    ${bucket} AS start_ms,
    m.temporality AS temporality,
    m.value AS point_value,
    m.count AS point_count,
    m.sum AS point_sum,
    m.min AS point_min,
    m.max AS point_max,
    m.bucket_bounds AS bounds,
    m.bucket_counts AS point_counts,
    lagInFrame(m.value, 1, m.value) OVER earlier AS point_value_before,
    lagInFrame(m.count, 1, m.count) OVER earlier AS point_count_before,
    lagInFrame(m.sum, 1, m.sum) OVER earlier AS point_sum_before,
    lagInFrame(m.bucket_counts, 1, m.bucket_counts) OVER earlier AS point_counts_before,
    point_value < point_value_before OR point_count < point_count_before AS was_reset
  FROM metric_points AS m
  WHERE m.name = {name:String}
    AND m.time >= fromUnixTimestamp64Milli({fromMs:Int64} - ${lookBackMs})
    AND m.time < fromUnixTimestamp64Milli({toMs:Int64})${filters(params)}
    AND has({labels:Array(String)}, label)
  WINDOW earlier AS (PARTITION BY m.series_id ORDER BY m.time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
WHERE time >= fromUnixTimestamp64Milli({fromMs:Int64})
GROUP BY label, start_ms, bounds
LIMIT 50000`,
  params: seriesParams,
  row: increaseRow,
};
