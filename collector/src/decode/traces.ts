import { AttributeList } from '../model/attribute-list.ts';
import { ATTRIBUTES_MAX } from '../model/limits.ts';
import { SpanRecord } from '../model/records.ts';
import type { NestedList } from '../model/records.ts';
import type { RowSink } from '../model/stages.ts';
import { readAttribute } from './any-value.ts';
import { readEnvelope } from './envelope.ts';
import type { Tally } from './tally.ts';
import { Wire } from './wire.ts';

const wire = new Wire();
const record = new SpanRecord();
const resource = new AttributeList(ATTRIBUTES_MAX);

/** ExportTraceServiceRequest -> rows. One pass, one record used again for every span. Throws `DecodeError`. */
export function decodeTraces(body: Uint8Array, sink: RowSink, tally: Tally): void {
  wire.reset(body);
  readEnvelope({ wire, resource, sink }, (end) => {
    readSpan(end);
    tally.count(sink.span(record));
    tally.cut(
      record.attributes.dropped + record.nested.dropped + record.events.dropped + record.links.dropped,
    );
  });
}

function readSpan(end: number): void {
  record.reset(wire.bytes);
  while (wire.pos < end) {
    const tag = wire.tag(end);
    switch (tag) {
      case 10:
        record.traceIdAt = readId(end, 16);
        break;
      case 18:
        record.spanIdAt = readId(end, 8);
        break;
      case 34:
        record.parentIdAt = readId(end, 8);
        break;
      case 48:
        record.kind = wire.varint(end);
        break;
      case 57:
        wire.fixed64(end);
        record.startLow = wire.low;
        record.startHigh = wire.high;
        break;
      case 65:
        wire.fixed64(end);
        record.endLow = wire.low;
        record.endHigh = wire.high;
        break;
      case 74: {
        const stop = wire.nested(end);
        readAttribute(wire, stop, record.attributes);
        break;
      }
      case 133:
        record.flags = wire.fixed32(end);
        break;
      case 80:
      case 96:
      case 112:
        record.dropped += wire.varint(end) >>> 0;
        break;
      default:
        readLongField(tag, end);
    }
  }
}

/** The fields that are ranges or messages. */
function readLongField(tag: number, end: number): void {
  if (tag !== 26 && tag !== 42 && tag !== 90 && tag !== 106 && tag !== 122) {
    wire.skip(tag, end);
    return;
  }
  const stop = wire.nested(end);
  if (tag === 26) {
    record.traceStateStart = wire.pos;
    record.traceStateEnd = stop;
    wire.pos = stop;
  } else if (tag === 42) {
    record.nameStart = wire.pos;
    record.nameEnd = stop;
    wire.pos = stop;
  } else if (tag === 90) {
    readEvent(stop);
  } else if (tag === 106) {
    readLink(stop);
  } else {
    readStatus(stop);
  }
}

/** Start of an id, or -1 when it has another length than it must. Reads `length` bytes at once afterwards: checked here. */
function readId(end: number, length: number): number {
  const stop = wire.nested(end);
  const start = wire.pos;
  wire.pos = stop;
  return stop - start === length ? start : stop === start ? -1 : -2;
}

function readStatus(end: number): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 18) {
      const stop = wire.nested(end);
      record.messageStart = wire.pos;
      record.messageEnd = stop;
      wire.pos = stop;
    } else if (tag === 24) {
      record.status = wire.varint(end);
    } else {
      wire.skip(tag, end);
    }
  }
}

function readEvent(end: number): void {
  const events = record.events;
  const index = openNested(events, end);
  if (index < 0) return;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 9) {
      wire.fixed64(end);
      events.timeLow[index] = wire.low;
      events.timeHigh[index] = wire.high;
    } else if (tag === 18) {
      const stop = wire.nested(end);
      events.nameStart[index] = wire.pos;
      events.nameEnd[index] = stop;
      wire.pos = stop;
    } else if (tag === 26) {
      const stop = wire.nested(end);
      readAttribute(wire, stop, record.nested);
    } else if (tag === 32) {
      record.dropped += wire.varint(end) >>> 0;
    } else {
      wire.skip(tag, end);
    }
  }
  events.attributesTo[index] = record.nested.count;
}

/** A link without valid ids points nowhere: it is dropped and counted. */
function readLink(end: number): void {
  const links = record.links;
  const index = openNested(links, end);
  if (index < 0) return;
  let traceIdAt = -1;
  let spanIdAt = -1;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      traceIdAt = readId(end, 16);
    } else if (tag === 18) {
      spanIdAt = readId(end, 8);
    } else if (tag === 34) {
      const stop = wire.nested(end);
      readAttribute(wire, stop, record.nested);
    } else if (tag === 40) {
      record.dropped += wire.varint(end) >>> 0;
    } else {
      wire.skip(tag, end);
    }
  }
  links.nameStart[index] = traceIdAt;
  links.nameEnd[index] = spanIdAt;
  links.attributesTo[index] = record.nested.count;
  if (traceIdAt < 0 || spanIdAt < 0) {
    links.count -= 1;
    links.dropped += 1;
  }
}

function openNested(list: NestedList, end: number): number {
  if (list.count >= list.capacity) {
    list.dropped += 1;
    wire.pos = end;
    return -1;
  }
  const index = list.count++;
  list.timeLow[index] = 0;
  list.timeHigh[index] = 0;
  list.nameStart[index] = 0;
  list.nameEnd[index] = 0;
  list.attributesFrom[index] = record.nested.count;
  list.attributesTo[index] = record.nested.count;
  return index;
}
