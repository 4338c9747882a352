// Columns of the ingest tables as they are sent. LowCardinality is the table's matter: sent as plain String.
// A test holds these lists against DESCRIBE TABLE of the migrated schema.
import { array, Block, fixed, map, string } from './block.ts';

const uint8 = fixed('UInt8', 1);
const uint16 = fixed('UInt16', 2);
const uint32 = fixed('UInt32', 4);
const uint64 = fixed('UInt64', 8);
const int32 = fixed('Int32', 4);
const float32 = fixed('Float32', 4);
const float64 = fixed('Float64', 8);
const bool = fixed('Bool', 1);
const traceId = fixed('FixedString(16)', 16);
const spanId = fixed('FixedString(8)', 8);
const seconds = fixed("DateTime('UTC')", 4);
const milliseconds = fixed("DateTime64(3, 'UTC')", 8);
const nanoseconds = fixed("DateTime64(9, 'UTC')", 8);

export const METRIC_TYPES = { gauge: 1, sum: 2, histogram: 3, exponential_histogram: 4, summary: 5 } as const;
const metricType = fixed(
  `Enum8(${Object.entries(METRIC_TYPES)
    .map(([name, value]) => `'${name}' = ${value}`)
    .join(', ')})`,
  1,
);

export const SPANS = {
  trace_id: traceId,
  span_id: spanId,
  parent_span_id: spanId,
  trace_state: string,
  flags: uint32,
  service: string,
  environment: string,
  release: string,
  language: string,
  resource_id: uint64,
  scope_name: string,
  scope_version: string,
  name: string,
  kind: uint8,
  is_entry: bool,
  operation: string,
  start_time: nanoseconds,
  duration_ns: uint64,
  status: uint8,
  status_message: string,
  error_type: string,
  http_method: string,
  http_route: string,
  http_status: uint16,
  peer: string,
  db_system: string,
  db_namespace: string,
  db_operation: string,
  db_collection: string,
  db_statement: string,
  db_summary: string,
  db_fingerprint: uint64,
  parameter_hash: uint64,
  messaging_system: string,
  messaging_destination: string,
  code_file: string,
  code_line: uint32,
  code_function: string,
  db_query_count: int32,
  db_statement_count: int32,
  db_duration_ns: uint64,
  finding_count: uint16,
  weight: float32,
  attributes_string: map(string),
  attributes_number: map(float64),
  attributes_bool: map(bool),
  event_time_ns: array(uint64),
  event_name: array(string),
  event_attributes: array(string),
  link_trace_id: array(traceId),
  link_span_id: array(spanId),
  link_attributes: array(string),
  dropped_count: uint32,
  ingested_at: seconds,
};

export const RESOURCES = {
  resource_id: uint64,
  service: string,
  attributes: map(string),
  seen_at: seconds,
};

export const LOGS = {
  service: string,
  environment: string,
  release: string,
  resource_id: uint64,
  time: nanoseconds,
  trace_id: traceId,
  span_id: spanId,
  flags: uint32,
  severity_number: uint8,
  severity_text: string,
  event_name: string,
  body: string,
  scope_name: string,
  attributes_string: map(string),
  attributes_number: map(float64),
  attributes_bool: map(bool),
  dropped_count: uint32,
  ingested_at: seconds,
};

export const METRIC_POINTS = {
  name: string,
  service: string,
  environment: string,
  resource_id: uint64,
  series_id: uint64,
  time: milliseconds,
  start_time: milliseconds,
  type: metricType,
  is_monotonic: bool,
  temporality: uint8,
  unit: string,
  description: string,
  value: float64,
  count: uint64,
  sum: float64,
  min: float64,
  max: float64,
  bucket_counts: array(uint64),
  bucket_bounds: array(float64),
  attributes: map(string),
  queue: string,
  ingested_at: seconds,
};

export type SpanBlock = Block<typeof SPANS>;
export type ResourceBlock = Block<typeof RESOURCES>;
export type LogBlock = Block<typeof LOGS>;
export type PointBlock = Block<typeof METRIC_POINTS>;

/** The open block of each ingest table. Normalise appends to them; the journal empties them. */
export interface Blocks {
  readonly spans: SpanBlock;
  readonly resources: ResourceBlock;
  readonly logs: LogBlock;
  readonly metric_points: PointBlock;
}

export function createBlocks(): Blocks {
  return {
    spans: new Block('spans', SPANS),
    resources: new Block('resources', RESOURCES),
    logs: new Block('logs', LOGS),
    metric_points: new Block('metric_points', METRIC_POINTS),
  };
}
