import {
  DB_DURATION_MS,
  DB_FINGERPRINT,
  DB_QUERY_COUNT,
  DB_STATEMENT_COUNT,
  FINDING_COUNT,
  PARAMETER_HASH,
} from '@nightjar/agent/attributes';
import { z } from 'zod';

/** A span as it is read back: ids as hex, typed columns given back under their canonical attribute names. */
export interface StoredSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly environment: string;
  readonly release: string;
  readonly name: string;
  /** OTLP `Span.SpanKind`. */
  readonly kind: number;
  readonly isEntry: boolean;
  readonly operation: string;
  readonly scopeName: string;
  readonly startNs: bigint;
  readonly durationNs: number;
  /** OTLP `Status.StatusCode`. */
  readonly status: number;
  readonly httpStatus: number;
  /** -1 when the agent did not count. */
  readonly agentQueryCount: number;
  readonly weight: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** What both the trace page and the sweep select; `s` is the table. */
export const storedSpanColumns = `  lower(hex(s.trace_id)) AS trace_id,
  lower(hex(s.span_id)) AS span_id,
  lower(hex(s.parent_span_id)) AS parent_span_id,
  s.service AS service,
  s.environment AS environment,
  s.release AS release,
  s.name AS name,
  s.kind AS kind,
  s.is_entry AS is_entry,
  s.operation AS operation,
  s.scope_name AS scope_name,
  toString(toUnixTimestamp64Nano(s.start_time)) AS start_ns,
  s.duration_ns AS duration_ns,
  s.status AS status,
  s.error_type AS error_type,
  s.http_method AS http_method,
  s.http_route AS http_route,
  s.http_status AS http_status,
  s.db_system AS db_system,
  s.db_namespace AS db_namespace,
  s.db_operation AS db_operation,
  s.db_collection AS db_collection,
  s.db_statement AS db_statement,
  s.db_summary AS db_summary,
  toString(s.db_fingerprint) AS db_fingerprint,
  toString(s.parameter_hash) AS parameter_hash,
  s.messaging_system AS messaging_system,
  s.messaging_destination AS messaging_destination,
  s.code_file AS code_file,
  s.code_line AS code_line,
  s.code_function AS code_function,
  s.db_query_count AS db_query_count,
  s.db_statement_count AS db_statement_count,
  s.db_duration_ns AS db_duration_ns,
  s.finding_count AS finding_count,
  s.weight AS weight,
  s.attributes_string AS attributes_string,
  s.attributes_number AS attributes_number,
  s.attributes_bool AS attributes_bool`;

const text = z.string();
const integer = z.number();

export const storedSpanRow = z.object({
  trace_id: text,
  span_id: text,
  parent_span_id: text,
  service: text,
  environment: text,
  release: text,
  name: text,
  kind: integer,
  is_entry: z.boolean(),
  operation: text,
  scope_name: text,
  start_ns: text,
  duration_ns: integer,
  status: integer,
  error_type: text,
  http_method: text,
  http_route: text,
  http_status: integer,
  db_system: text,
  db_namespace: text,
  db_operation: text,
  db_collection: text,
  db_statement: text,
  db_summary: text,
  db_fingerprint: text,
  parameter_hash: text,
  messaging_system: text,
  messaging_destination: text,
  code_file: text,
  code_line: integer,
  code_function: text,
  db_query_count: integer,
  db_statement_count: integer,
  db_duration_ns: integer,
  finding_count: integer,
  weight: z.number(),
  attributes_string: z.record(z.string(), z.string()),
  attributes_number: z.record(z.string(), z.number().nullable()),
  attributes_bool: z.record(z.string(), z.boolean()),
});
export type StoredSpanRow = z.infer<typeof storedSpanRow>;

/** The order of a trace: by start, then by id. */
export function byTime(a: StoredSpan, b: StoredSpan): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.spanId < b.spanId ? -1 : Number(a.spanId > b.spanId);
}

const rootParent = '0000000000000000';

export function storedSpanOf(row: StoredSpanRow): StoredSpan {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id === rootParent ? '' : row.parent_span_id,
    service: row.service,
    environment: row.environment,
    release: row.release,
    name: row.name,
    kind: row.kind,
    isEntry: row.is_entry,
    operation: row.operation,
    scopeName: row.scope_name,
    startNs: BigInt(row.start_ns),
    durationNs: row.duration_ns,
    status: row.status,
    httpStatus: row.http_status,
    agentQueryCount: row.db_query_count,
    weight: row.weight,
    attributes: attributesOf(row),
  };
}

/** Attributes as they were sent, under canonical names; what ingest moved to a column is given back. `peer` is a copy. */
function attributesOf(row: StoredSpanRow): StoredSpan['attributes'] {
  // Without a prototype, so that no key reaches one. What was sent goes last and wins.
  const attributes: Record<string, string | number | boolean> = Object.create(null) as Record<string, never>;
  for (const [name, column] of textColumns) if (row[column] !== '') attributes[name] = row[column];
  for (const [name, column] of numberColumns) if (row[column] !== 0) attributes[name] = row[column];
  for (const [name, column] of hashColumns)
    if (row[column] !== '0') attributes[name] = BigInt(row[column]).toString(16).padStart(16, '0');
  if (row.db_query_count >= 0) {
    attributes[DB_QUERY_COUNT] = row.db_query_count;
    attributes[DB_DURATION_MS] = row.db_duration_ns / 1e6;
  }
  if (row.db_statement_count >= 0) attributes[DB_STATEMENT_COUNT] = row.db_statement_count;
  for (const [name, value] of Object.entries(row.attributes_number))
    if (value !== null) attributes[name] = value;
  for (const given of [row.attributes_bool, row.attributes_string])
    for (const [name, value] of Object.entries(given)) attributes[name] = value;
  return attributes;
}

const textColumns = [
  ['error.type', 'error_type'],
  ['http.request.method', 'http_method'],
  ['http.route', 'http_route'],
  ['db.system.name', 'db_system'],
  ['db.namespace', 'db_namespace'],
  ['db.operation.name', 'db_operation'],
  ['db.collection.name', 'db_collection'],
  ['db.query.text', 'db_statement'],
  ['db.query.summary', 'db_summary'],
  ['messaging.system', 'messaging_system'],
  ['messaging.destination.name', 'messaging_destination'],
  ['code.file.path', 'code_file'],
  ['code.function.name', 'code_function'],
] as const;
const numberColumns = [
  ['http.response.status_code', 'http_status'],
  ['code.line.number', 'code_line'],
  [FINDING_COUNT, 'finding_count'],
] as const;
const hashColumns = [
  [DB_FINGERPRINT, 'db_fingerprint'],
  [PARAMETER_HASH, 'parameter_hash'],
] as const;
