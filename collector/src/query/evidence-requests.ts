import type { Evidence } from '@nightjar/alerts/schema';
import { evidenceTracesMax } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { evidenceQueryTimeoutMs } from './evidence-suspects.ts';
import type { Badness, Suspects } from './evidence-suspects.ts';
import { and, during } from './sql.ts';

export const suspectParams = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  service: z.string(),
  operation: z.string().optional(),
  environment: z.string().optional(),
  queue: z.string().optional(),
  badness: z.enum(['error', 'slow', 'queries', 'none']),
  above: z.number(),
});
export type SuspectParams = Readonly<z.infer<typeof suspectParams>>;

export function paramsOf({ badness, ...suspects }: Suspects): SuspectParams {
  const above = badness.kind === 'slow' ? badness.aboveMs : badness.kind === 'queries' ? badness.above : 0;
  return { ...suspects, badness: badness.kind, above };
}

/** True of a request (as `t`) that made the window bad. */
export const isBad: Readonly<Record<Badness['kind'], string>> = {
  error: 't.is_error',
  slow: 't.duration_ns > {above:Float64} * 1000000',
  queries: 't.db_query_count > {above:Float64}',
  none: '0 = 1',
};

/** Requests that the alert is about, whenever they were. */
export function isSuspect(given: SuspectParams): string {
  return `t.service = {service:String}${and(
    given.operation !== undefined && 't.operation = {operation:String}',
    given.environment !== undefined && 't.environment = {environment:String}',
    given.queue !== undefined && 't.messaging_destination = {queue:String}',
  )}`;
}

/** How many requests there were, how many of them bad, and the worst. */
export async function readRequests(
  storage: Storage,
  suspects: Suspects,
  baseUrl: string,
): Promise<Pick<Evidence, 'requests' | 'traces'>> {
  const params = paramsOf(suspects);
  const [[totals], worst] = await Promise.all([
    storage.query(totalsQuery, params),
    storage.query(worstQuery, params),
  ]);
  const base = baseUrl.replace(/\/+$/, '');
  const isKnown = totals !== undefined && totals.total > 0;
  return {
    requests: isKnown
      ? { total: totals.total, bad: suspects.badness.kind === 'none' ? null : totals.bad }
      : null,
    traces: worst.map((row) => ({
      traceId: row.trace_id,
      operation: row.operation,
      startMs: row.start_ms,
      durationMs: row.duration_ms,
      isError: row.is_error,
      queries: row.queries < 0 ? null : row.queries,
      url: `${base}/traces/${row.trace_id}?from=${suspects.fromMs}&to=${suspects.toMs}`,
    })),
  };
}

const totalsQuery: Query<SuspectParams, { readonly total: number; readonly bad: number }> = {
  name: 'evidence.requests',
  sql: (given) => `SELECT
  sum(toFloat64(t.weight)) AS total,
  sumIf(toFloat64(t.weight), ${isBad[given.badness]}) AS bad
FROM requests AS t
WHERE ${isSuspect(given)}
  AND ${during('t.start_time')}`,
  params: suspectParams,
  row: z.object({ total: z.number(), bad: z.number() }),
  timeoutMs: evidenceQueryTimeoutMs,
};

const worstRow = z.object({
  trace_id: z.string(),
  operation: z.string(),
  start_ms: z.number(),
  duration_ms: z.number(),
  is_error: z.boolean(),
  queries: z.number(),
});

const worstQuery: Query<SuspectParams, z.infer<typeof worstRow>> = {
  name: 'evidence.traces',
  sql: (given) => `SELECT
  lower(hex(t.trace_id)) AS trace_id,
  t.operation AS operation,
  toUnixTimestamp64Milli(t.start_time) AS start_ms,
  t.duration_ns / 1000000 AS duration_ms,
  t.is_error AS is_error,
  t.db_query_count AS queries
FROM requests AS t
WHERE ${isSuspect(given)}
  AND ${during('t.start_time')}${and(given.badness !== 'none' && isBad[given.badness])}
ORDER BY ${given.badness === 'queries' ? 't.db_query_count' : 't.duration_ns'} DESC
LIMIT ${evidenceTracesMax}`,
  params: suspectParams,
  row: worstRow,
  timeoutMs: evidenceQueryTimeoutMs,
};
