import { AttributeList } from '../model/attribute-list.ts';
import { ATTRIBUTES_MAX } from '../model/limits.ts';
import { MetricRecord, PointRecord } from '../model/records.ts';
import type { RowSink } from '../model/stages.ts';
import { METRIC_TYPES } from '../model/tables.ts';
import { readEnvelope } from './envelope.ts';
import { readExponentialPoint } from './exponential-point.ts';
import { readHistogramPoint, readNumberPoint, readSummaryPoint } from './points.ts';
import type { Tally } from './tally.ts';
import { Wire } from './wire.ts';

const wire = new Wire();
const metric = new MetricRecord();
const record = new PointRecord();
const resource = new AttributeList(ATTRIBUTES_MAX);

type ReadPoint = (wire: Wire, end: number, point: PointRecord) => void;

/** By tag of the `data` field of a Metric. */
const KINDS: ReadonlyMap<number, { readonly type: number; readonly read: ReadPoint }> = new Map([
  [42, { type: METRIC_TYPES.gauge, read: readNumberPoint }],
  [58, { type: METRIC_TYPES.sum, read: readNumberPoint }],
  [74, { type: METRIC_TYPES.histogram, read: readHistogramPoint }],
  [82, { type: METRIC_TYPES.exponential_histogram, read: readExponentialPoint }],
  [90, { type: METRIC_TYPES.summary, read: readSummaryPoint }],
]);

/** Bit 0 of a point's flags: the sender had nothing to report. */
const NO_RECORDED_VALUE = 1;

/** ExportMetricsServiceRequest -> rows. Throws `DecodeError`. */
export function decodeMetrics(body: Uint8Array, sink: RowSink, tally: Tally): void {
  wire.reset(body);
  readEnvelope({ wire, resource, sink }, (end) => readMetric(end, sink, tally));
}

/** Name and unit may stand behind the points: the points are read last. */
function readMetric(end: number, sink: RowSink, tally: Tally): void {
  metric.reset(wire.bytes);
  let dataTag = 0;
  let dataStart = 0;
  let dataEnd = 0;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag !== 10 && tag !== 18 && tag !== 26 && !KINDS.has(tag)) {
      wire.skip(tag, end);
      continue;
    }
    const stop = wire.nested(end);
    if (tag === 10) metric.name = wire.text(wire.pos, stop);
    else if (tag === 18) metric.description = wire.text(wire.pos, stop);
    else if (tag === 26) metric.unit = wire.text(wire.pos, stop);
    else {
      dataTag = tag;
      dataStart = wire.pos;
      dataEnd = stop;
    }
    wire.pos = stop;
  }
  const kind = KINDS.get(dataTag);
  if (kind !== undefined) {
    metric.type = kind.type;
    wire.pos = dataStart;
    readTemporality(dataEnd);
    wire.pos = dataStart;
    readPoints({ end: dataEnd, read: kind.read }, sink, tally);
  }
  wire.pos = end;
}

function readTemporality(end: number): void {
  const isSum = metric.type === METRIC_TYPES.sum;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 16) metric.temporality = wire.varint(end);
    else if (tag === 24 && isSum) metric.isMonotonic = wire.varint(end) !== 0;
    else wire.skip(tag, end);
  }
}

function readPoints(data: { end: number; read: ReadPoint }, sink: RowSink, tally: Tally): void {
  const end = data.end;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag !== 10) {
      wire.skip(tag, end);
      continue;
    }
    const stop = wire.nested(end);
    record.reset();
    data.read(wire, stop, record);
    wire.pos = stop;
    if ((record.flags & NO_RECORDED_VALUE) !== 0) continue;
    tally.count(sink.point(metric, record));
    tally.cut(record.attributes.dropped);
  }
}
