// The OTLP messages as data: JSON name -> field. Only what the decoder reads; everything else in a body is ignored.

export type FieldKind =
  | 'string'
  | 'hex'
  | 'base64'
  | 'bool'
  | 'enum'
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'sfixed64'
  | 'fixed32'
  | 'double';

export interface Field {
  readonly number: number;
  readonly kind: FieldKind | Message | (() => Message);
  readonly isRepeated?: true;
  /** Of an enum. */
  readonly names?: readonly string[];
}
export type Message = ReadonlyMap<string, Field>;

const one = (number: number, kind: Field['kind']): Field => ({ number, kind });
const many = (number: number, kind: Field['kind']): Field => ({ number, kind, isRepeated: true });
const names = (number: number, ...values: readonly string[]): Field => ({
  number,
  kind: 'enum',
  names: values,
});
const message = (fields: Readonly<Record<string, Field>>): Message => new Map(Object.entries(fields));

const ANY_VALUE: Message = message({
  stringValue: one(1, 'string'),
  boolValue: one(2, 'bool'),
  intValue: one(3, 'int64'),
  doubleValue: one(4, 'double'),
  arrayValue: one(5, () => ARRAY_VALUE),
  kvlistValue: one(6, () => MAP_VALUE),
  bytesValue: one(7, 'base64'),
});
const KEY_VALUE = message({ key: one(1, 'string'), value: one(2, ANY_VALUE) });
const ARRAY_VALUE = message({ values: many(1, ANY_VALUE) });
const MAP_VALUE = message({ values: many(1, KEY_VALUE) });

const RESOURCE = message({ attributes: many(1, KEY_VALUE), droppedAttributesCount: one(2, 'uint32') });
const SCOPE = message({
  name: one(1, 'string'),
  version: one(2, 'string'),
  attributes: many(3, KEY_VALUE),
  droppedAttributesCount: one(4, 'uint32'),
});

/** resource { scope { record } }: the same frame for each signal. */
function envelope(resources: string, scopes: string, record: Readonly<Record<string, Field>>): Message {
  const scope = message({ scope: one(1, SCOPE), ...record });
  const group = message({ resource: one(1, RESOURCE), [scopes]: many(2, scope) });
  return message({ [resources]: many(1, group) });
}

const SPAN = message({
  traceId: one(1, 'hex'),
  spanId: one(2, 'hex'),
  traceState: one(3, 'string'),
  parentSpanId: one(4, 'hex'),
  name: one(5, 'string'),
  kind: names(
    6,
    'SPAN_KIND_UNSPECIFIED',
    'SPAN_KIND_INTERNAL',
    'SPAN_KIND_SERVER',
    'SPAN_KIND_CLIENT',
    'SPAN_KIND_PRODUCER',
    'SPAN_KIND_CONSUMER',
  ),
  startTimeUnixNano: one(7, 'fixed64'),
  endTimeUnixNano: one(8, 'fixed64'),
  attributes: many(9, KEY_VALUE),
  droppedAttributesCount: one(10, 'uint32'),
  events: many(
    11,
    message({
      timeUnixNano: one(1, 'fixed64'),
      name: one(2, 'string'),
      attributes: many(3, KEY_VALUE),
      droppedAttributesCount: one(4, 'uint32'),
    }),
  ),
  droppedEventsCount: one(12, 'uint32'),
  links: many(
    13,
    message({
      traceId: one(1, 'hex'),
      spanId: one(2, 'hex'),
      traceState: one(3, 'string'),
      attributes: many(4, KEY_VALUE),
      droppedAttributesCount: one(5, 'uint32'),
      flags: one(6, 'fixed32'),
    }),
  ),
  droppedLinksCount: one(14, 'uint32'),
  status: one(
    15,
    message({
      message: one(2, 'string'),
      code: names(3, 'STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'),
    }),
  ),
  flags: one(16, 'fixed32'),
});
export const TRACES_MESSAGE = envelope('resourceSpans', 'scopeSpans', { spans: many(2, SPAN) });

const LOG_RECORD = message({
  timeUnixNano: one(1, 'fixed64'),
  severityNumber: one(2, 'enum'),
  severityText: one(3, 'string'),
  body: one(5, ANY_VALUE),
  attributes: many(6, KEY_VALUE),
  droppedAttributesCount: one(7, 'uint32'),
  flags: one(8, 'fixed32'),
  traceId: one(9, 'hex'),
  spanId: one(10, 'hex'),
  observedTimeUnixNano: one(11, 'fixed64'),
  eventName: one(12, 'string'),
});
export const LOGS_MESSAGE = envelope('resourceLogs', 'scopeLogs', { logRecords: many(2, LOG_RECORD) });

const TEMPORALITY = names(
  2,
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
);
const TIMES = { startTimeUnixNano: one(2, 'fixed64'), timeUnixNano: one(3, 'fixed64') };
const NUMBER_POINT = message({
  ...TIMES,
  asDouble: one(4, 'double'),
  asInt: one(6, 'sfixed64'),
  attributes: many(7, KEY_VALUE),
  flags: one(8, 'uint32'),
});
const HISTOGRAM_POINT = message({
  ...TIMES,
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  bucketCounts: many(6, 'fixed64'),
  explicitBounds: many(7, 'double'),
  attributes: many(9, KEY_VALUE),
  flags: one(10, 'uint32'),
  min: one(11, 'double'),
  max: one(12, 'double'),
});
const BUCKETS = message({ offset: one(1, 'sint32'), bucketCounts: many(2, 'uint64') });
const EXPONENTIAL_POINT = message({
  ...TIMES,
  attributes: many(1, KEY_VALUE),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  scale: one(6, 'sint32'),
  zeroCount: one(7, 'fixed64'),
  positive: one(8, BUCKETS),
  negative: one(9, BUCKETS),
  flags: one(10, 'uint32'),
  min: one(12, 'double'),
  max: one(13, 'double'),
  zeroThreshold: one(14, 'double'),
});
const SUMMARY_POINT = message({
  ...TIMES,
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  quantileValues: many(6, message({ quantile: one(1, 'double'), value: one(2, 'double') })),
  attributes: many(7, KEY_VALUE),
  flags: one(8, 'uint32'),
});
const METRIC = message({
  name: one(1, 'string'),
  description: one(2, 'string'),
  unit: one(3, 'string'),
  gauge: one(5, message({ dataPoints: many(1, NUMBER_POINT) })),
  sum: one(
    7,
    message({
      dataPoints: many(1, NUMBER_POINT),
      aggregationTemporality: TEMPORALITY,
      isMonotonic: one(3, 'bool'),
    }),
  ),
  histogram: one(9, message({ dataPoints: many(1, HISTOGRAM_POINT), aggregationTemporality: TEMPORALITY })),
  exponentialHistogram: one(
    10,
    message({ dataPoints: many(1, EXPONENTIAL_POINT), aggregationTemporality: TEMPORALITY }),
  ),
  summary: one(11, message({ dataPoints: many(1, SUMMARY_POINT) })),
});
export const METRICS_MESSAGE = envelope('resourceMetrics', 'scopeMetrics', { metrics: many(2, METRIC) });
