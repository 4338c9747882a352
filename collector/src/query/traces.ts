import { z } from 'zod';
import type { ResponseOf, TraceRow, TraceSearch } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { and, during, duringMinutes, windowOf, windowParams } from './sql.ts';
import { resolveRange, type QueryContext } from './time.ts';

/** Requests (entry spans) that match, in the order asked for. */
export async function listTraces(
  { storage, nowMs }: QueryContext,
  search: TraceSearch,
): Promise<ResponseOf<'traces'>> {
  const range = resolveRange(search, nowMs);
  const rows = await storage.query(searchQuery, {
    ...windowOf(range, search.environment),
    service: search.service,
    operation: search.operation,
    release: search.release,
    minNs: search.minDurationMs === undefined ? undefined : Math.round(search.minDurationMs * 1e6),
    maxNs: search.maxDurationMs === undefined ? undefined : Math.round(search.maxDurationMs * 1e6),
    status: search.status,
    hasFinding: search.hasFinding,
    minQueries: search.minQueries,
    sort: search.sort,
    rows: search.limit + 1,
  });
  const found = rows.slice(0, search.limit);
  const traceIds = [...new Set(found.map((row) => row.trace_id))];
  const keyed = { ...windowOf(range, undefined), traceIds };
  const [counts, findings] =
    traceIds.length === 0
      ? [[], []]
      : await Promise.all([storage.query(countsQuery, keyed), storage.query(findingsQuery, keyed)]);
  const countOf = new Map(counts.map((row) => [row.trace_id + row.span_id, row.value]));
  const findingsOf = new Map(findings.map((row) => [row.trace_id + row.span_id, row.value]));
  return {
    traces: found.map((row): TraceRow => {
      const key = row.trace_id + row.span_id;
      return {
        traceId: row.trace_id,
        spanId: row.span_id,
        service: row.service,
        operation: row.operation,
        kind: row.kind,
        startMs: row.start_ns / 1e6,
        durationMs: row.duration_ns / 1e6,
        status: row.status === 2 ? 'error' : row.status === 1 ? 'ok' : 'unset',
        httpStatus: row.http_status === 0 ? null : row.http_status,
        isError: row.is_error,
        release: row.release,
        queryCount: row.db_query_count >= 0 ? row.db_query_count : (countOf.get(key) ?? null),
        // The agent's count is there at once; the sweep's verdict follows seconds later.
        findings: findingsOf.get(key) ?? row.finding_count,
      };
    }),
    isPartial: rows.length > search.limit,
  };
}

const searchParams = windowParams.extend({
  service: z.string().optional(),
  operation: z.string().optional(),
  release: z.string().optional(),
  minNs: z.number().int().optional(),
  maxNs: z.number().int().optional(),
  status: z.enum(['ok', 'error']).optional(),
  hasFinding: z.boolean().optional(),
  minQueries: z.number().int().optional(),
  sort: z.enum(['newest', 'slowest', 'queries']),
  rows: z.number().int().positive(),
});
type SearchParams = z.infer<typeof searchParams>;

const orders: Readonly<Record<SearchParams['sort'], string>> = {
  newest: 'r.start_time DESC',
  slowest: 'r.duration_ns DESC, r.start_time DESC',
  queries: 'greatest(r.db_query_count, toInt32(q.query_count)) DESC, r.start_time DESC',
};

const searchRow = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  service: z.string(),
  operation: z.string(),
  kind: z.number(),
  start_ns: z.number(),
  duration_ns: z.number(),
  status: z.number(),
  http_status: z.number(),
  is_error: z.boolean(),
  release: z.string(),
  db_query_count: z.number(),
  finding_count: z.number(),
});

const searchQuery: Query<SearchParams, z.infer<typeof searchRow>> = {
  name: 'traces.search',
  sql: (params) => `SELECT
  lower(hex(r.trace_id)) AS trace_id,
  lower(hex(r.span_id)) AS span_id,
  r.service AS service,
  r.operation AS operation,
  r.kind AS kind,
  toUnixTimestamp64Nano(r.start_time) AS start_ns,
  r.duration_ns AS duration_ns,
  r.status AS status,
  r.http_status AS http_status,
  r.is_error AS is_error,
  r.release AS release,
  r.db_query_count AS db_query_count,
  r.finding_count AS finding_count
FROM requests AS r${params.sort === 'queries' ? countedJoin(params) : ''}
WHERE ${during('r.start_time')}${and(
    params.service !== undefined && 'r.service = {service:String}',
    params.operation !== undefined && 'r.operation = {operation:String}',
    params.environment !== undefined && 'r.environment = {environment:String}',
    params.release !== undefined && 'r.release = {release:String}',
    params.minNs !== undefined && 'r.duration_ns >= {minNs:UInt64}',
    params.maxNs !== undefined && 'r.duration_ns <= {maxNs:UInt64}',
    params.status === 'error' && 'r.is_error',
    params.status === 'ok' && 'NOT r.is_error',
    params.hasFinding === true && `(r.trace_id, r.span_id) IN (${withFinding(params)})`,
    params.hasFinding === false && `(r.trace_id, r.span_id) NOT IN (${withFinding(params)})`,
    params.minQueries !== undefined && `(r.trace_id, r.span_id) IN (${withQueries(params)})`,
  )}
ORDER BY ${orders[params.sort]}
LIMIT {rows:UInt32}`,
  params: searchParams,
  row: searchRow,
};

function ofService(params: SearchParams): string {
  return and(params.service !== undefined && 'service = {service:String}');
}

function withFinding(params: SearchParams): string {
  return `SELECT trace_id, scope_span_id FROM findings FINAL
    WHERE ${during('start_time')}
      AND NOT is_retracted${ofService(params)}`;
}

function withQueries(params: SearchParams): string {
  return `SELECT trace_id, span_id FROM request_queries FINAL
    WHERE ${duringMinutes}
      AND query_count >= {minQueries:UInt32}${ofService(params)}`;
}

function countedJoin(params: SearchParams): string {
  return `
LEFT ANY JOIN (
  SELECT trace_id, span_id, query_count FROM request_queries FINAL
  WHERE ${duringMinutes}${ofService(params)}
) AS q ON q.trace_id = r.trace_id AND q.span_id = r.span_id`;
}

const keyedParams = windowParams.extend({ traceIds: z.array(z.string()).max(501) });
const valueRow = z.object({ trace_id: z.string(), span_id: z.string(), value: z.number() });
const chosenTraces = 'trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))';

const countsQuery: Query<z.infer<typeof keyedParams>, z.infer<typeof valueRow>> = {
  name: 'traces.query_counts',
  sql: `SELECT
  lower(hex(q.trace_id)) AS trace_id,
  lower(hex(q.span_id)) AS span_id,
  q.query_count AS value
FROM request_queries AS q FINAL
WHERE ${duringMinutes}
  AND q.${chosenTraces}
LIMIT 20000`,
  params: keyedParams,
  row: valueRow,
};

const findingsQuery: Query<z.infer<typeof keyedParams>, z.infer<typeof valueRow>> = {
  name: 'traces.finding_counts',
  sql: `SELECT
  lower(hex(f.trace_id)) AS trace_id,
  lower(hex(f.scope_span_id)) AS span_id,
  count() AS value
FROM findings AS f FINAL
WHERE ${during('f.start_time')}
  AND NOT f.is_retracted
  AND f.${chosenTraces}
GROUP BY f.trace_id, f.scope_span_id
LIMIT 20000`,
  params: keyedParams,
  row: valueRow,
};
