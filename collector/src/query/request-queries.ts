import { z } from 'zod';
import type { Query } from '../storage/types.ts';
import { and, bucketOfStart, during, duringMinutes, ratio, stepParams, windowParams } from './sql.ts';

/** Database calls a request, whoever counted them. Rows replace each other, so every read is FINAL. */

const filters = { service: z.string().optional(), operation: z.string().optional() };
const totalParams = windowParams.extend(filters);
const bucketParams = stepParams.extend(filters);

// Of calls side by side the time adds up to more than their request took: `waited_ns` counts them once at most.
const countColumns = `  sum(toFloat64(query_count) * weight) AS queries,
  sum(toFloat64(db_duration_ns) * weight) AS database_ns,
  sum(toFloat64(least(db_duration_ns, duration_ns)) * weight) AS waited_ns,
  sum(toFloat64(duration_ns) * weight) AS request_ns,
  sum(toFloat64(weight)) AS counted`;

const countRow = z.object({
  queries: z.number(),
  database_ns: z.number(),
  waited_ns: z.number(),
  request_ns: z.number(),
  counted: z.number(),
});
export type QueryCounts = z.infer<typeof countRow>;

function source(params: z.infer<typeof totalParams>): string {
  return `FROM request_queries FINAL
WHERE ${duringMinutes}
  AND ${during('start_time')}${and(
    params.environment !== undefined && 'environment = {environment:String}',
    params.service !== undefined && 'service = {service:String}',
    params.operation !== undefined && 'operation = {operation:String}',
  )}`;
}

const keys = { service: 'service', operation: 'operation' } as const;

/** Of the whole window, a row a service or operation. */
export function queriesBy(
  key: keyof typeof keys,
): Query<z.infer<typeof totalParams>, QueryCounts & { readonly key: string }> {
  return {
    name: `request_queries.by_${key}`,
    sql: (params) => `SELECT
  ${keys[key]} AS key,
${countColumns}
${source(params)}
GROUP BY key
LIMIT 20000`,
    params: totalParams,
    row: countRow.extend({ key: z.string() }),
  };
}

/** Of the whole window, one row. */
export const queriesTotal: Query<z.infer<typeof totalParams>, QueryCounts> = {
  name: 'request_queries.total',
  sql: (params) => `SELECT
${countColumns}
${source(params)}`,
  params: totalParams,
  row: countRow,
};

export const queriesByBucket: Query<
  z.infer<typeof bucketParams>,
  QueryCounts & { readonly key: string; readonly start_ms: number }
> = {
  name: 'request_queries.by_bucket',
  sql: (params) => `SELECT
  service AS key,
  ${bucketOfStart} AS start_ms,
${countColumns}
${source(params)}
GROUP BY key, start_ms
LIMIT 100000`,
  params: bucketParams,
  row: countRow.extend({ key: z.string(), start_ms: z.number() }),
};

export function perRequest(counts: QueryCounts | undefined): number | null {
  return counts === undefined ? null : ratio(counts.queries, counts.counted);
}

export function databaseShare(counts: QueryCounts | undefined): number | null {
  return counts === undefined ? null : ratio(counts.waited_ns, counts.request_ns);
}

export function databaseMs(counts: QueryCounts | undefined): number | null {
  const meanNs = counts === undefined ? null : ratio(counts.database_ns, counts.counted);
  return meanNs === null ? null : meanNs / 1e6;
}
