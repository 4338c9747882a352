import { readFileSync } from 'node:fs';
import { allAttributes, resourceAttributes } from './storage-spans.ts';

/** A way to store the same spans: its table, what goes in, and the questions asked of it. */
export interface Variant {
  readonly name: string;
  /** Tables whose bytes count. */
  readonly tables: readonly string[];
  readonly ddl: readonly string[];
  readonly insert: string;
  readonly questions: Readonly<Record<string, string>>;
}

const schema = new URL('../../collector/src/storage/schema/', import.meta.url);
const spansDdl = readFileSync(new URL('001_spans.sql', schema), 'utf8');
const ourOrder = 'ORDER BY (toStartOfInterval(start_time, INTERVAL 30 MINUTE), trace_id, start_time)';
if (!spansDdl.includes(ourOrder))
  throw new Error('the sort order of spans has changed: change the bench with it');

const hexOf = { text: (id: string) => `'${id}'`, fixed: (id: string) => `unhex('${id}')` };

export interface Sample {
  /** Hex. */
  readonly traceId: string;
  readonly traceIds: readonly string[];
}

const lastHour = 'start_time >= now() - INTERVAL 1 HOUR';

/** The table in another order, or with ids in another form. `id` turns hex into a literal of the id's type. */
function ours(
  name: string,
  form: {
    readonly order?: string;
    readonly types?: readonly [string, string][];
    readonly id: (hex: string) => string;
    readonly into?: string;
  },
): (sample: Sample) => Variant {
  let ddl = spansDdl.replace('EXISTS spans', `EXISTS ${name}`);
  if (form.order !== undefined) ddl = ddl.replace(ourOrder, `ORDER BY ${form.order}`);
  for (const [from, to] of form.types ?? []) ddl = ddl.replaceAll(from, to);
  return (sample) => ({
    name,
    tables: [name],
    ddl: [ddl],
    insert:
      form.into ?? `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM source`,
    questions: {
      traceById: `SELECT * FROM ${name} WHERE trace_id = ${form.id(sample.traceId)} ORDER BY start_time LIMIT 20000`,
      sweepFetch: `SELECT * FROM ${name} WHERE trace_id IN (${sample.traceIds.map(form.id).join(', ')}) AND start_time >= now() - INTERVAL 1 DAY ORDER BY trace_id LIMIT 20000`,
      serviceList: `SELECT service, count(), countIf(status = 2), quantilesDD(0.01, 0.5, 0.95, 0.99)(duration_ns) FROM ${name} WHERE is_entry AND ${lastHour} GROUP BY service`,
      newestOfService: `SELECT trace_id, span_id, operation, start_time, duration_ns FROM ${name} WHERE service = 'cart' AND is_entry AND ${lastHour} ORDER BY start_time DESC LIMIT 50`,
      attributeSearch: `SELECT trace_id, span_id, start_time FROM ${name} WHERE attributes_string['app.user.id'] = 'u-777' AND ${lastHour} ORDER BY start_time DESC LIMIT 50`,
      statementSearch: `SELECT count() FROM ${name} WHERE db_collection = 'reviews' AND ${lastHour}`,
    },
  });
}

export const columns =
  `trace_id span_id parent_span_id service environment release language resource_id scope_name scope_version name kind
is_entry operation start_time duration_ns status status_message error_type http_method http_route http_status peer db_system db_namespace
db_operation db_collection db_statement db_summary db_fingerprint parameter_hash attributes_string attributes_number ingested_at`.split(
    /\s+/,
  );

function idsAs(convert: (column: string) => string, into: string): string {
  const selected = columns.map((column) =>
    /^(trace|span|parent_span)_id$/.test(column) ? convert(column) : column,
  );
  return `INSERT INTO ${into} (${columns.join(', ')}) SELECT ${selected.join(', ')} FROM source`;
}

const big = (hex: string): string => `reinterpretAsUInt128(unhex('${hex}'))`;

/** What Nightjar does: lists come from `requests`, the service list from its rollup. */
function nightjar(sample: Sample): Variant {
  const plain = ours('spans', { id: hexOf.fixed })(sample);
  return {
    ...plain,
    tables: ['spans', 'requests', 'operation_minutes', 'service_minutes', 'statement_minutes', 'resources'],
    questions: {
      ...plain.questions,
      serviceList: `SELECT service, sum(requests), sum(errors), quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration_quantiles) FROM service_minutes WHERE minute >= now() - INTERVAL 1 HOUR GROUP BY service`,
      newestOfService: `SELECT trace_id, span_id, operation, start_time, duration_ns FROM requests WHERE service = 'cart' AND ${lastHour} ORDER BY start_time DESC LIMIT 50`,
    },
  };
}

const hexTypes: readonly [string, string][] = [
  ['trace_id FixedString(16)', 'trace_id String'],
  ['span_id FixedString(8)', 'span_id String'],
];
const integerTypes: readonly [string, string][] = [
  ['trace_id FixedString(16)', 'trace_id UInt128'],
  ['span_id FixedString(8)', 'span_id UInt64'],
];

export const variants: readonly ((sample: Sample) => Variant)[] = [
  nightjar,
  usualTable,
  ours('spans_by_service_time', { order: '(service, start_time)', id: hexOf.fixed }),
  ours('spans_by_time', { order: '(start_time)', id: hexOf.fixed }),
  ours('spans_hex_ids', {
    types: hexTypes,
    id: hexOf.text,
    into: idsAs((column) => `lower(hex(${column}))`, 'spans_hex_ids'),
  }),
  ours('spans_integer_ids', {
    types: integerTypes,
    id: big,
    into: idsAs(
      (column) => `reinterpretAsUInt${column === 'trace_id' ? 128 : 64}(${column})`,
      'spans_integer_ids',
    ),
  }),
];

/**
 * The table that the OpenTelemetry Collector's ClickHouse exporter makes, without full-text search: its columns, types,
 * indexes, order, and the table beside it that leads from a trace id to its times.
 */
function usualTable(sample: Sample): Variant {
  const zstd = 'CODEC(ZSTD(1))';
  const text = (names: string): string[] => names.split(' ').map((name) => `${name} String ${zstd}`);
  const low = (names: string): string[] =>
    names.split(' ').map((name) => `${name} LowCardinality(String) ${zstd}`);
  const map = 'Map(LowCardinality(String), String)';
  const bloom = (name: string, of: string, rate = 0.01): string =>
    `INDEX ${name} ${of} TYPE bloom_filter(${rate}) GRANULARITY 1`;
  const parts = [
    `Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1))`,
    ...text('TraceId SpanId ParentSpanId TraceState'),
    ...low('SpanName SpanKind ServiceName'),
    `ResourceAttributes ${map} ${zstd}`,
    ...text('ScopeName ScopeVersion'),
    `SpanAttributes ${map} ${zstd}`,
    `Duration UInt64 CODEC(T64, ZSTD(1))`,
    ...low('StatusCode'),
    ...text('StatusMessage'),
    `Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${map}) ${zstd}`,
    `Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${map}) ${zstd}`,
    bloom('by_trace', 'TraceId', 0.001),
    bloom('by_resource_key', 'mapKeys(ResourceAttributes)'),
    bloom('by_resource_value', 'mapValues(ResourceAttributes)'),
    bloom('by_span_key', 'mapKeys(SpanAttributes)'),
    bloom('by_span_value', 'mapValues(SpanAttributes)'),
    'INDEX by_duration Duration TYPE minmax GRANULARITY 1',
    'INDEX by_name lower(SpanName) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8',
  ];
  const hour = 'Timestamp >= now() - INTERVAL 1 HOUR';
  const times = (ids: string): string =>
    `(SELECT min(Start) FROM usual_times WHERE TraceId IN (${ids})) AND Timestamp <= (SELECT max(End) + 1 FROM usual_times WHERE TraceId IN (${ids}))`;
  const list = sample.traceIds.map(hexOf.text).join(', ');
  return {
    name: 'usual',
    tables: ['usual', 'usual_times'],
    ddl: [
      `CREATE TABLE usual (${parts.join(',\n')}) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp) SETTINGS ttl_only_drop_parts = 1`,
      `CREATE TABLE usual_times (TraceId String ${zstd}, Start DateTime CODEC(Delta, ZSTD(1)), End DateTime CODEC(Delta, ZSTD(1)), ${bloom('by_id', 'TraceId')}) ENGINE = MergeTree PARTITION BY toDate(Start) ORDER BY (TraceId, Start)`,
      `CREATE MATERIALIZED VIEW usual_times_from_usual TO usual_times AS SELECT TraceId, min(Timestamp) AS Start, max(Timestamp) AS End FROM usual WHERE TraceId != '' GROUP BY TraceId`,
    ],
    insert: `INSERT INTO usual (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage)
SELECT start_time, lower(hex(trace_id)), lower(hex(span_id)), if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))), name,
  arrayElement(['Internal', 'Server', 'Client', 'Producer', 'Consumer'], kind), service, ${resourceAttributes}, scope_name, scope_version, ${allAttributes},
  duration_ns, if(status = 2, 'Error', 'Unset'), status_message FROM source`,
    questions: {
      traceById: `SELECT * FROM usual WHERE TraceId = '${sample.traceId}' AND Timestamp >= ${times(`'${sample.traceId}'`)} ORDER BY Timestamp LIMIT 20000`,
      sweepFetch: `SELECT * FROM usual WHERE TraceId IN (${list}) AND Timestamp >= ${times(list)} ORDER BY TraceId LIMIT 20000`,
      serviceList: `SELECT ServiceName, count(), countIf(StatusCode = 'Error'), quantilesDD(0.01, 0.5, 0.95, 0.99)(Duration) FROM usual WHERE SpanKind = 'Server' AND ${hour} GROUP BY ServiceName`,
      newestOfService: `SELECT TraceId, SpanId, SpanName, Timestamp, Duration FROM usual WHERE ServiceName = 'cart' AND SpanKind = 'Server' AND ${hour} ORDER BY Timestamp DESC LIMIT 50`,
      attributeSearch: `SELECT TraceId, SpanId, Timestamp FROM usual WHERE SpanAttributes['app.user.id'] = 'u-777' AND ${hour} ORDER BY Timestamp DESC LIMIT 50`,
      statementSearch: `SELECT count() FROM usual WHERE SpanAttributes['db.collection.name'] = 'reviews' AND ${hour}`,
    },
  };
}
