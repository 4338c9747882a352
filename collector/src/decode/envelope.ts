import type { AttributeList } from '../model/attribute-list.ts';
import type { RowSink } from '../model/stages.ts';
import { readAttribute } from './any-value.ts';
import type { Wire } from './wire.ts';

export interface Envelope {
  readonly wire: Wire;
  readonly resource: AttributeList;
  readonly sink: RowSink;
}

/**
 * The frame that the three signals share: resource { scope { record } } with the same field numbers in each.
 * `readRecord` is called with `wire.pos` at a record and gets its end.
 */
export function readEnvelope(envelope: Envelope, readRecord: (end: number) => void): void {
  const wire = envelope.wire;
  const end = wire.bytes.length;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      const stop = wire.nested(end);
      readResourceGroup(envelope, stop, readRecord);
    } else {
      wire.skip(tag, end);
    }
  }
}

/** The resource may stand behind its records: it is looked for first, by passing over everything else. */
function readResourceGroup(envelope: Envelope, end: number, readRecord: (end: number) => void): void {
  const { wire, resource, sink } = envelope;
  const start = wire.pos;
  resource.reset();
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      const stop = wire.nested(end);
      readAttributes(wire, stop, resource);
    } else {
      wire.skip(tag, end);
    }
  }
  sink.resource(wire.bytes, resource);
  wire.pos = start;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 18) {
      const stop = wire.nested(end);
      readScopeGroup(envelope, stop, readRecord);
    } else {
      wire.skip(tag, end);
    }
  }
}

function readAttributes(wire: Wire, end: number, list: AttributeList): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      const stop = wire.nested(end);
      readAttribute(wire, stop, list);
    } else {
      wire.skip(tag, end);
    }
  }
}

function readScopeGroup(envelope: Envelope, end: number, readRecord: (end: number) => void): void {
  const { wire, sink } = envelope;
  const start = wire.pos;
  const scope = { nameStart: 0, nameEnd: 0, versionStart: 0, versionEnd: 0 };
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      const stop = wire.nested(end);
      readScope(wire, stop, scope);
    } else {
      wire.skip(tag, end);
    }
  }
  sink.scope(wire.bytes, scope);
  wire.pos = start;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 18) readRecord(wire.nested(end));
    else wire.skip(tag, end);
  }
}

function readScope(
  wire: Wire,
  end: number,
  scope: { nameStart: number; nameEnd: number; versionStart: number; versionEnd: number },
): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag !== 10 && tag !== 18) {
      wire.skip(tag, end);
      continue;
    }
    const stop = wire.nested(end);
    if (tag === 10) {
      scope.nameStart = wire.pos;
      scope.nameEnd = stop;
    } else {
      scope.versionStart = wire.pos;
      scope.versionEnd = stop;
    }
    wire.pos = stop;
  }
}
