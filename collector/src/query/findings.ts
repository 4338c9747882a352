import { z } from 'zod';
import {
  companionSchema,
  confidenceSchema,
  findingKindSchema,
  severitySchema,
  type Finding,
  type FindingSearch,
  type ResponseOf,
} from '../contract/index.ts';
import type { Query, Storage } from '../storage/types.ts';
import { and, during, hex64, windowOf, windowParams } from './sql.ts';
import { planRange, type QueryContext } from './time.ts';

/** Findings of the range (or of one trace, whenever it was), the costliest an hour first. */
export async function listFindings(
  { storage, nowMs }: QueryContext,
  search: FindingSearch,
): Promise<ResponseOf<'findings'>> {
  const plan = planRange(search, { nowMs });
  const rows = await storage.query(findingsQuery, {
    ...windowOf(plan, search.environment),
    service: search.service,
    operation: search.operation,
    kind: search.kind,
    severity: search.severity,
    traceId: search.traceId?.toLowerCase(),
    rows: search.limit,
  });
  const hours = search.traceId === undefined ? plan.seconds / 3_600 : 1;
  return {
    findings: await withFirstSight(storage, { rows, hours, nowMs, hasMembers: search.traceId !== undefined }),
  };
}

/** Adds when and in which release each was first seen, over everything that is still kept. */
export async function withFirstSight(
  storage: Storage,
  found: {
    readonly rows: readonly FindingRow[];
    readonly hours: number;
    readonly hasMembers: boolean;
    readonly nowMs: number;
  },
): Promise<Finding[]> {
  if (found.rows.length === 0) return [];
  const ids = found.rows.map((row) => row.id);
  const sights = new Map<string, FirstSight>();
  for (const sight of await storage.query(firstSightQuery, { ids })) sights.set(sight.id, sight);
  return found.rows.map((row) => findingOf(row, { ...found, sight: sights.get(row.id) }));
}

const membersMax = 1_000;

function findingOf(
  row: FindingRow,
  given: {
    readonly hours: number;
    readonly hasMembers: boolean;
    readonly nowMs: number;
    readonly sight: FirstSight | undefined;
  },
): Finding {
  return {
    id: hex64(row.id),
    kind: row.kind,
    service: row.service,
    operation: row.operation,
    statement: row.statement,
    fingerprint: hex64(row.fingerprint),
    count: row.count,
    savedMs: row.saved_ms,
    totalMs: row.total_ms,
    savedMsPerHour: row.saved_sum_ms / given.hours,
    severity: severitySchema.options[row.severity_rank] ?? 'low',
    confidence: confidenceSchema.options[row.confidence_rank] ?? 'low',
    isWrite: row.is_write,
    callSite:
      row.code_file === '' ? null : { file: row.code_file, line: row.code_line, function: row.code_function },
    hint: row.hint,
    reason: row.reason,
    traceId: row.trace_id,
    scopeSpanId: row.scope_span_id,
    anchorSpanId: row.anchor_span_id,
    memberSpanIds: given.hasMembers ? row.members.slice(0, membersMax) : [],
    companions: companionsOf(row.companions, given.hasMembers),
    release: row.release,
    firstRelease: given.sight?.first_release ?? row.release,
    firstSeen: given.sight?.first_seen_ms ?? row.first_seen_ms,
    lastSeen: row.last_seen_ms,
    occurrences: row.occurrences,
    accepted: acceptedOf(row, given.nowMs),
  };
}

function acceptedOf(row: FindingRow, nowMs: number): Finding['accepted'] {
  if (row.accepted === '') return null;
  const expires = row.accepted_until === '' ? null : row.accepted_until;
  if (expires !== null && expires < new Date(nowMs).toISOString().slice(0, 10)) return null;
  return { how: row.accepted, reason: row.accepted_reason, expires };
}

const companions = z.array(companionSchema);

function companionsOf(stored: string, hasMembers: boolean): Finding['companions'] {
  if (stored === '') return [];
  return companions.parse(JSON.parse(stored)).map((companion) => ({
    ...companion,
    memberSpanIds: hasMembers ? companion.memberSpanIds.slice(0, membersMax) : [],
  }));
}

const searchParams = windowParams.extend({
  service: z.string().optional(),
  operation: z.string().optional(),
  kind: findingKindSchema.optional(),
  severity: severitySchema.optional(),
  traceId: z.string().optional(),
  findingId: z.string().optional(),
  rows: z.number().int().positive(),
});
export type FindingsParams = z.infer<typeof searchParams>;

const findingRow = z.object({
  id: z.string(),
  kind: findingKindSchema,
  service: z.string(),
  operation: z.string(),
  statement: z.string(),
  fingerprint: z.string(),
  count: z.number(),
  saved_ms: z.number(),
  total_ms: z.number(),
  saved_sum_ms: z.number(),
  severity_rank: z.number(),
  confidence_rank: z.number(),
  is_write: z.boolean(),
  code_file: z.string(),
  code_line: z.number(),
  code_function: z.string(),
  hint: z.string(),
  reason: z.string(),
  trace_id: z.string(),
  scope_span_id: z.string(),
  anchor_span_id: z.string(),
  members: z.array(z.string()),
  companions: z.string(),
  release: z.string(),
  first_seen_ms: z.number(),
  last_seen_ms: z.number(),
  occurrences: z.number(),
  accepted: z.enum(['', 'ignored', 'acknowledged']),
  accepted_reason: z.string(),
  accepted_until: z.string(),
});
export type FindingRow = z.infer<typeof findingRow>;

/** `column` of the most recent request it happened in. */
function latest(column: string): string {
  return `argMax(${column}, f.start_time)`;
}

/** The line of a single slow call is sampled: the latest that is known. */
function latestSite(column: string): string {
  return `argMax(${column}, (f.code_file != '', f.start_time))`;
}

/** Of the typical request: one slow outlier makes no finding critical for the rest of its life. */
function rank(column: string, words: readonly string[]): string {
  const branches = words.slice(1).map((word, index) => `${column} = '${word}', ${index + 1}`);
  return `quantileExactHigh(0.5)(multiIf(${branches.join(', ')}, 0))`;
}

/** The span ids of the calls are fetched where few rows can match only: they are most of a row's bytes. */
function members(params: FindingsParams): string {
  if (params.traceId === undefined && params.findingId === undefined)
    return "arraySlice(groupArray(1)(''), 1, 0)";
  return latest('arrayMap(member -> lower(hex(member)), f.member_span_ids)');
}

function filters(params: FindingsParams): string {
  const when =
    params.traceId === undefined
      ? during('f.start_time')
      : 'f.trace_id = toFixedString(unhex({traceId:String}), 16)';
  return `${when}
  AND NOT f.is_retracted${and(
    params.findingId !== undefined && 'f.finding_id = toUInt64({findingId:String})',
    params.service !== undefined && 'f.service = {service:String}',
    params.operation !== undefined && 'f.operation = {operation:String}',
    params.environment !== undefined && 'f.environment = {environment:String}',
    params.kind !== undefined && 'f.kind = {kind:String}',
  )}`;
}

export const findingsQuery: Query<FindingsParams, FindingRow> = {
  name: 'findings.list',
  sql: (params) => `SELECT
  toString(f.finding_id) AS id,
  any(f.kind) AS kind,
  ${latest('f.service')} AS service,
  ${latest('f.operation')} AS operation,
  ${latest('f.statement')} AS statement,
  toString(any(f.fingerprint)) AS fingerprint,
  max(f.call_count) AS count,
  avg(f.saved_ms) AS saved_ms,
  avg(f.total_ms) AS total_ms,
  sum(f.saved_ms * f.weight) AS saved_sum_ms,
  ${rank('f.severity', severitySchema.options)} AS severity_rank,
  ${rank('f.confidence', confidenceSchema.options)} AS confidence_rank,
  max(f.is_write) AS is_write,
  ${latestSite('f.code_file')} AS code_file,
  ${latestSite('f.code_line')} AS code_line,
  ${latestSite('f.code_function')} AS code_function,
  ${latest('f.hint')} AS hint,
  ${latest('f.reason')} AS reason,
  ${latest('lower(hex(f.trace_id))')} AS trace_id,
  ${latest('lower(hex(f.scope_span_id))')} AS scope_span_id,
  ${latest('lower(hex(f.anchor_span_id))')} AS anchor_span_id,
  ${members(params)} AS members,
  ${latest('f.companions')} AS companions,
  ${latest('f.release')} AS release,
  toUnixTimestamp64Milli(min(f.start_time)) AS first_seen_ms,
  toUnixTimestamp64Milli(max(f.start_time)) AS last_seen_ms,
  count() AS occurrences,
  ${latest('f.accepted')} AS accepted,
  ${latest('f.accepted_reason')} AS accepted_reason,
  ${latest('f.accepted_until')} AS accepted_until
FROM findings AS f FINAL
WHERE ${filters(params)}
GROUP BY f.finding_id${
    params.severity === undefined
      ? ''
      : `\nHAVING severity_rank = ${severitySchema.options.indexOf(params.severity)}`
  }
ORDER BY saved_sum_ms DESC, id
LIMIT {rows:UInt32}`,
  params: searchParams,
  row: findingRow,
};

const firstSight = z.object({ id: z.string(), first_seen_ms: z.number(), first_release: z.string() });
type FirstSight = z.infer<typeof firstSight>;

const firstSightQuery: Query<{ readonly ids: readonly string[] }, FirstSight> = {
  name: 'findings.first_sight',
  sql: `SELECT
  toString(f.finding_id) AS id,
  toUnixTimestamp64Milli(min(f.start_time)) AS first_seen_ms,
  argMin(f.release, f.start_time) AS first_release
FROM findings AS f FINAL
WHERE f.finding_id IN (SELECT toUInt64(arrayJoin({ids:Array(String)})))
  AND NOT f.is_retracted
GROUP BY f.finding_id
LIMIT 1000`,
  params: z.object({ ids: z.array(z.string()).readonly() }),
  row: firstSight,
};
