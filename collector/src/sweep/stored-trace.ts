import { z } from 'zod';
import { storedSpanColumns, storedSpanOf, storedSpanRow, type StoredSpan } from '../storage/stored-span.ts';
import type { Query } from '../storage/types.ts';

/** A span with the findings that its agent wrote on it, as the attributes (JSON) of their events. */
export interface SweptSpan extends StoredSpan {
  readonly findingEvents: readonly string[];
}

/** Spans of one trace that are looked at. */
export const spansPerTraceMax = 10_000;

const tracesParams = z.object({ traceIds: z.array(z.string()).readonly(), sinceS: z.number().int() });
type TracesParams = z.infer<typeof tracesParams>;

const ofTraces = `s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
  AND s.start_time >= toDateTime({sinceS:UInt32})`;

const timeoutMs = 30_000;

/** The maps of a span that is no call say nothing to the engine, and are the most of what a span weighs. */
const sweptColumns = storedSpanColumns.replaceAll(
  /s\.(attributes_\w+) AS/g,
  (_all, map: string) => `mapFilter((key, value) -> s.kind IN (3, 4) OR s.db_system != '', s.${map}) AS`,
);

/**
 * Spans of some traces, trace by trace. A span may be there twice: clients send again. Where a trace is cut, its requests
 * stay: they come first, so the order is not that of time.
 */
export const tracesQuery: Query<TracesParams, SweptSpan> = {
  name: 'sweep.spans',
  sql: `SELECT
${sweptColumns},
  arrayFilter((attributes, name) -> name = 'nightjar.finding', s.event_attributes, s.event_name) AS finding_events
FROM spans AS s
WHERE ${ofTraces}
ORDER BY s.trace_id, s.is_entry OR s.parent_span_id = toFixedString('', 8) DESC, s.start_time, s.span_id
LIMIT ${spansPerTraceMax} BY s.trace_id
LIMIT 100000`,
  params: tracesParams,
  row: storedSpanRow
    .extend({ finding_events: z.array(z.string()) })
    .transform((row): SweptSpan => ({ ...storedSpanOf(row), findingEvents: row.finding_events })),
  timeoutMs,
  lane: 'background',
};

/** What identifies a row of `findings`, and the version it has to beat. */
export interface StandingFinding {
  readonly traceId: string;
  readonly service: string;
  /** 16 hex digits. */
  readonly findingId: string;
  readonly startNs: bigint;
  readonly scopeSpanId: string;
  readonly kind: string;
  readonly version: bigint;
}

/** Findings of these traces that hold by the verdicts so far. */
export const standingQuery: Query<TracesParams, StandingFinding> = {
  name: 'sweep.standing_findings',
  sql: `SELECT
  lower(hex(s.trace_id)) AS trace_id,
  s.service AS service,
  toString(s.finding_id) AS finding_id,
  toString(toUnixTimestamp64Nano(s.start_time)) AS start_ns,
  lower(hex(s.scope_span_id)) AS scope_span_id,
  s.kind AS kind,
  toString(s.version) AS version
FROM findings AS s FINAL
WHERE ${ofTraces}
  AND NOT s.is_retracted
LIMIT 100000`,
  params: tracesParams,
  row: z
    .object({
      trace_id: z.string(),
      service: z.string(),
      finding_id: z.string(),
      start_ns: z.string(),
      scope_span_id: z.string(),
      kind: z.string(),
      version: z.string(),
    })
    .transform((row): StandingFinding => ({
      traceId: row.trace_id,
      service: row.service,
      findingId: BigInt(row.finding_id).toString(16).padStart(16, '0'),
      startNs: BigInt(row.start_ns),
      scopeSpanId: row.scope_span_id,
      kind: row.kind,
      version: BigInt(row.version),
    })),
  timeoutMs,
  lane: 'background',
};
