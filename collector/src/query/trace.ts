import { z } from 'zod';
import type { ResponseOf, Span, Trace, TraceRepeat } from '../contract/index.ts';
import { storedAttributes } from '../storage/stored-json.ts';
import {
  byTime,
  storedSpanColumns,
  storedSpanOf,
  storedSpanRow,
  type StoredSpan,
} from '../storage/stored-span.ts';
import type { Query } from '../storage/types.ts';
import { listFindings } from './findings.ts';
import type { QueryContext } from './time.ts';

/** What the detection engine says of a trace's spans; handed in, so that the trace page can say why a repeat is no finding. */
export type JudgeTrace = (spans: readonly StoredSpan[]) => Pick<Trace, 'repeats' | 'requests'>;

export const traceSpansMax = 20_000;
const membersMax = 1_000;

/** One trace with everything known of it; undefined when no span of it is stored. */
export async function readTrace(
  context: QueryContext,
  request: { readonly traceId: string },
  judge: JudgeTrace,
): Promise<ResponseOf<'trace'> | undefined> {
  const { storage } = context;
  const traceId = request.traceId.toLowerCase();
  const [rows, found] = await Promise.all([
    storage.query(spansQuery, { traceId, rows: traceSpansMax }),
    listFindings(context, { from: 'now-1h', to: 'now', traceId, limit: 1_000 }),
  ]);
  if (rows.length === 0) return undefined;
  const spans = rows
    .map((row) => ({ row, stored: storedSpanOf(row) }))
    .toSorted((a, b) => byTime(a.stored, b.stored));
  const [counts, resources] = await Promise.all([
    rows.length < traceSpansMax ? [] : storage.query(countQuery, { traceId }),
    storage.query(resourcesQuery, { ids: [...new Set(rows.map((row) => row.resource_id))] }),
  ]);
  const { repeats, requests } = judge(spans.map((span) => span.stored));
  return {
    traceId,
    spans: spans.map(spanOf),
    resources: Object.fromEntries(resources.map((row) => [row.resource_id, row.attributes])),
    findings: found.findings,
    repeats: repeats.map((repeat): TraceRepeat => ({
      ...repeat,
      memberSpanIds: repeat.memberSpanIds.slice(0, membersMax),
    })),
    requests,
    spanCount: counts[0]?.spans ?? rows.length,
  };
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;

function spanOf({ row, stored }: { readonly row: TraceSpanRow; readonly stored: StoredSpan }): Span {
  return {
    traceId: stored.traceId,
    spanId: stored.spanId,
    parentSpanId: stored.parentSpanId,
    service: stored.service,
    name: stored.name,
    kind: kinds[stored.kind] ?? 'unspecified',
    startTimeUnixNano: row.start_ns,
    durationNs: stored.durationNs,
    status: { code: statuses[stored.status] ?? 'unset', message: row.status_message },
    attributes: stored.attributes,
    events: row.event_name.map((name, index) => ({
      timeUnixNano: row.event_times[index] ?? '0',
      name,
      attributes: storedAttributes(row.event_attributes[index] ?? ''),
    })),
    links: row.link_traces.map((linked, index) => ({
      traceId: linked,
      spanId: row.link_spans[index] ?? '',
      attributes: storedAttributes(row.link_attributes[index] ?? ''),
    })),
    isEntry: stored.isEntry,
    operation: stored.operation,
    release: stored.release,
    scope: { name: stored.scopeName, version: row.scope_version },
    resourceId: row.resource_id,
  };
}

const traceSpanRow = storedSpanRow.extend({
  scope_version: z.string(),
  status_message: z.string(),
  event_times: z.array(z.string()),
  event_name: z.array(z.string()),
  event_attributes: z.array(z.string()),
  link_traces: z.array(z.string()),
  link_spans: z.array(z.string()),
  link_attributes: z.array(z.string()),
  resource_id: z.string(),
});
type TraceSpanRow = z.infer<typeof traceSpanRow>;

const traceParams = z.object({ traceId: z.string() });
const ofTrace = 's.trace_id = toFixedString(unhex({traceId:String}), 16)';

// A client may send a span again: one row a span id. Where the trace is cut, its requests stay.
const spansQuery: Query<{ readonly traceId: string; readonly rows: number }, TraceSpanRow> = {
  name: 'trace.spans',
  sql: `SELECT
${storedSpanColumns},
  s.scope_version AS scope_version,
  s.status_message AS status_message,
  arrayMap(at -> toString(at), s.event_time_ns) AS event_times,
  s.event_name AS event_name,
  s.event_attributes AS event_attributes,
  arrayMap(id -> lower(hex(id)), s.link_trace_id) AS link_traces,
  arrayMap(id -> lower(hex(id)), s.link_span_id) AS link_spans,
  s.link_attributes AS link_attributes,
  toString(s.resource_id) AS resource_id
FROM spans AS s
WHERE ${ofTrace}
ORDER BY s.is_entry OR s.parent_span_id = toFixedString('', 8) DESC, s.start_time, s.span_id
LIMIT 1 BY s.span_id
LIMIT {rows:UInt32}`,
  params: traceParams.extend({ rows: z.number().int().positive() }),
  row: traceSpanRow,
};

const countQuery: Query<z.infer<typeof traceParams>, { readonly spans: number }> = {
  name: 'trace.span_count',
  sql: `SELECT uniqExact(s.span_id) AS spans
FROM spans AS s
WHERE ${ofTrace}`,
  params: traceParams,
  row: z.object({ spans: z.number() }),
};

const resourcesMax = 1_000;
const resourcesQuery: Query<
  { readonly ids: readonly string[] },
  { readonly resource_id: string; readonly attributes: Record<string, string> }
> = {
  name: 'trace.resources',
  sql: `SELECT
  toString(r.resource_id) AS resource_id,
  argMax(r.attributes, r.seen_at) AS attributes
FROM resources AS r
WHERE r.resource_id IN (SELECT toUInt64(arrayJoin({ids:Array(String)})))
GROUP BY r.resource_id
LIMIT ${resourcesMax}`,
  params: z.object({ ids: z.array(z.string()).readonly() }),
  row: z.object({ resource_id: z.string(), attributes: z.record(z.string(), z.string()) }),
};
