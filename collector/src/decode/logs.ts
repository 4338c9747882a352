import { AttributeList } from '../model/attribute-list.ts';
import { ATTRIBUTES_MAX } from '../model/limits.ts';
import { LogRecord } from '../model/records.ts';
import type { RowSink } from '../model/stages.ts';
import { readAttribute, readValue } from './any-value.ts';
import { readEnvelope } from './envelope.ts';
import type { Tally } from './tally.ts';
import { Wire } from './wire.ts';

const wire = new Wire();
const record = new LogRecord();
const resource = new AttributeList(ATTRIBUTES_MAX);

/** ExportLogsServiceRequest -> rows. Throws `DecodeError`. */
export function decodeLogs(body: Uint8Array, sink: RowSink, tally: Tally): void {
  wire.reset(body);
  readEnvelope({ wire, resource, sink }, (end) => {
    readLog(end);
    tally.count(sink.log(record));
    tally.cut(record.attributes.dropped);
  });
}

function readLog(end: number): void {
  record.reset(wire.bytes);
  while (wire.pos < end) {
    const tag = wire.tag(end);
    switch (tag) {
      case 9:
        wire.fixed64(end);
        record.timeLow = wire.low;
        record.timeHigh = wire.high;
        break;
      case 89:
        wire.fixed64(end);
        record.observedLow = wire.low;
        record.observedHigh = wire.high;
        break;
      case 16:
        record.severity = wire.varint(end);
        break;
      case 56:
        record.dropped += wire.varint(end) >>> 0;
        break;
      case 69:
        record.flags = wire.fixed32(end);
        break;
      case 26:
      case 42:
      case 50:
      case 74:
      case 82:
      case 98:
        readLongField(tag, wire.nested(end));
        break;
      default:
        wire.skip(tag, end);
    }
  }
}

function readLongField(tag: number, stop: number): void {
  const start = wire.pos;
  if (tag === 42) {
    record.body.reset();
    record.body.open();
    readValue(wire, stop, record.body);
  } else if (tag === 50) {
    readAttribute(wire, stop, record.attributes);
  } else if (tag === 26) {
    record.severityStart = start;
    record.severityEnd = stop;
  } else if (tag === 98) {
    record.eventStart = start;
    record.eventEnd = stop;
  } else if (tag === 74) {
    record.traceIdAt = stop - start === 16 ? start : -1;
  } else {
    record.spanIdAt = stop - start === 8 ? start : -1;
  }
  wire.pos = stop;
}
