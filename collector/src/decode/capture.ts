import { attributeKey, attributeText, VALUE } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import type { LogRecord, SpanRecord } from '../model/records.ts';
import type { RowSink } from '../model/stages.ts';

// For tests: what the decoder saw, as plain values.

export type CapturedAttribute = readonly [key: string, kind: string, value: string];
export interface CapturedSpan {
  readonly resource: readonly CapturedAttribute[];
  readonly scope: readonly [name: string, version: string];
  readonly ids: readonly string[];
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly status: readonly [code: number, message: string];
  readonly flags: number;
  readonly dropped: number;
  readonly attributes: readonly CapturedAttribute[];
  readonly events: readonly (readonly [
    time: bigint,
    name: string,
    attributes: readonly CapturedAttribute[],
  ])[];
  readonly links: readonly (readonly [
    trace: string,
    span: string,
    attributes: readonly CapturedAttribute[],
  ])[];
}

export interface Capture extends RowSink {
  readonly spans: CapturedSpan[];
  readonly logs: object[];
  readonly points: object[];
  abandoned: number;
}

/** A sink that keeps everything it is given. */
export function capture(): Capture {
  let resource: readonly CapturedAttribute[] = [];
  let scope: readonly [string, string] = ['', ''];
  const sink: Capture = {
    spans: [],
    logs: [],
    points: [],
    abandoned: 0,
    refusal: () => undefined,
    begin: () => {},
    resource(bytes, list) {
      resource = attributes(bytes, list);
    },
    scope(bytes, { nameStart, nameEnd, versionStart, versionEnd }) {
      scope = [bytes.toString('utf8', nameStart, nameEnd), bytes.toString('utf8', versionStart, versionEnd)];
    },
    span(record) {
      sink.spans.push({ resource, scope, ...spanOf(record) });
      return record.traceIdAt < 0 ? 'invalid_trace_id' : undefined;
    },
    log(record) {
      sink.logs.push(logOf(record));
      return undefined;
    },
    point(metric, record) {
      const { name, unit, description, type, isMonotonic, temporality } = metric;
      sink.points.push({
        metric: [name, unit, description, type, isMonotonic, temporality],
        start: wide(record.startLow, record.startHigh),
        time: wide(record.timeLow, record.timeHigh),
        value: record.value,
        count: wide(record.countLow, record.countHigh),
        sum: record.sum,
        min: record.min,
        max: record.max,
        counts: [...record.bucketCounts.subarray(0, record.buckets)],
        bounds: [...record.bucketBounds.subarray(0, record.bounds)],
        attributes: attributes(metric.bytes, record.attributes),
      });
      return undefined;
    },
    abandon() {
      sink.abandoned += 1;
    },
    commit: async () => await Promise.resolve(undefined),
  };
  return sink;
}

function spanOf(record: SpanRecord): Omit<CapturedSpan, 'resource' | 'scope'> {
  const { bytes, events, links, nested } = record;
  return {
    ids: [hex(bytes, record.traceIdAt, 16), hex(bytes, record.spanIdAt, 8), hex(bytes, record.parentIdAt, 8)],
    traceState: bytes.toString('utf8', record.traceStateStart, record.traceStateEnd),
    name: bytes.toString('utf8', record.nameStart, record.nameEnd),
    kind: record.kind,
    start: wide(record.startLow, record.startHigh),
    end: wide(record.endLow, record.endHigh),
    status: [record.status, bytes.toString('utf8', record.messageStart, record.messageEnd)],
    flags: record.flags,
    dropped: record.dropped,
    attributes: attributes(bytes, record.attributes),
    events: indices(events.count).map((i) => [
      wide(events.timeLow[i], events.timeHigh[i]),
      bytes.toString('utf8', events.nameStart[i], events.nameEnd[i]),
      attributes(bytes, nested).slice(events.attributesFrom[i], events.attributesTo[i]),
    ]),
    links: indices(links.count).map((i) => [
      hex(bytes, links.nameStart[i] ?? -1, 16),
      hex(bytes, links.nameEnd[i] ?? -1, 8),
      attributes(bytes, nested).slice(links.attributesFrom[i], links.attributesTo[i]),
    ]),
  };
}

function logOf(record: LogRecord): object {
  const { bytes } = record;
  return {
    ids: [hex(bytes, record.traceIdAt, 16), hex(bytes, record.spanIdAt, 8)],
    time: wide(record.timeLow, record.timeHigh),
    observed: wide(record.observedLow, record.observedHigh),
    severity: [record.severity, bytes.toString('utf8', record.severityStart, record.severityEnd)],
    event: bytes.toString('utf8', record.eventStart, record.eventEnd),
    flags: record.flags,
    body: attributes(bytes, record.body),
    attributes: attributes(bytes, record.attributes),
  };
}

const KIND_NAMES: readonly string[] = Object.keys(VALUE);

function attributes(bytes: Buffer, list: AttributeList): CapturedAttribute[] {
  return indices(list.count).map((i) => [
    attributeKey(list, bytes, i),
    KIND_NAMES[list.kind[i] ?? 0] ?? '',
    attributeText(list, bytes, i),
  ]);
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function hex(bytes: Buffer, start: number, length: number): string {
  return start < 0 ? '' : bytes.toString('hex', start, start + length);
}

function wide(low: number | undefined, high: number | undefined): bigint {
  return (BigInt(high ?? 0) << 32n) | BigInt(low ?? 0);
}
