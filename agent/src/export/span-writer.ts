import { SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Link, SpanContext } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { AgentSpan } from '../spans/agent-span.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** The buffer that is written to: one call writes one message, so that it need not be handed down through all of them. */
let writer = new ProtobufWriter();

/**
 * Appends a span, as the field `spans` of its scope. Field numbers: opentelemetry-proto 1.x, `trace.proto`.
 * Throws for an attribute that throws; nothing is appended then.
 */
export function writeSpan(span: ReadableSpan, target: ProtobufWriter): void {
  const before = target.length;
  writer = target;
  try {
    writeFields(span);
  } catch (error) {
    target.cut(before);
    throw error;
  }
}

function writeFields(span: ReadableSpan): void {
  writer.byte(TAG.spans);
  const start = writer.begin();
  const context = span.spanContext();
  writeIds(context);
  const parentId = span.parentSpanContext?.spanId;
  if (parentId !== undefined && parentId !== '') {
    writer.byte(TAG.f4);
    writer.hex(parentId);
  }
  writer.byte(TAG.f5);
  writer.text(span.name);
  writer.byte(TAG.kind);
  writer.varint(span.kind + 1);
  writeTimes(span);
  writeAttributes(TAG.f9, span.attributes);
  writeCount(TAG.droppedAttributes, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(event);
  writeCount(TAG.droppedEvents, span.droppedEventsCount);
  for (const link of span.links) writeLink(link);
  writeCount(TAG.droppedLinks, span.droppedLinksCount);
  writeStatus(span.status);
  writer.byte(TAG.flags);
  writer.byte(1);
  writer.fixed32(flagsOf(context, span.parentSpanContext));
  writer.end(start);
}

function writeTimes(span: ReadableSpan): void {
  writer.byte(TAG.startTime);
  if (span instanceof AgentSpan) {
    writer.timeOfMs(span.startMs);
    writer.byte(TAG.endTime);
    writer.timeOfMs(span.startMs + Math.max(0, span.durationMs));
  } else {
    writer.time(span.startTime);
    writer.byte(TAG.endTime);
    writer.time(span.endTime);
  }
}

/** The spans of one scope, one after the other as `writeSpan` wrote them. */
export interface ScopeSpans {
  readonly scope: InstrumentationScope;
  readonly spans: Uint8Array;
}

/** An `ExportTraceServiceRequest`. */
export function writeTraceRequest(resource: Resource, scopes: readonly ScopeSpans[]): Uint8Array {
  writer = scratch;
  const parts: Uint8Array[] = [];
  for (const { scope, spans } of scopes) {
    const head = scopeHead(scope);
    const tail = schemaUrl(scope.schemaUrl);
    const length = head.byteLength + spans.byteLength + tail.byteLength;
    parts.push(lengthOf(TAG.f2, length), head, spans, tail);
  }
  const head = resourceHead(resource);
  const tail = schemaUrl(resource.schemaUrl);
  const length = parts.reduce((sum, part) => sum + part.byteLength, head.byteLength + tail.byteLength);
  return Buffer.concat([lengthOf(TAG.f1, length), head, ...parts, tail]);
}

const scratch = new ProtobufWriter();

const message = (field: number): number => (field << 3) | 2;
const fixed64 = (field: number): number => (field << 3) | 1;
const varint = (field: number): number => field << 3;

const TAG = {
  f1: message(1),
  f2: message(2),
  f3: message(3),
  f4: message(4),
  f5: message(5),
  f9: message(9),
  spans: message(2),
  kind: varint(6),
  startTime: fixed64(7),
  endTime: fixed64(8),
  droppedAttributes: varint(10),
  events: message(11),
  droppedEvents: varint(12),
  links: message(13),
  droppedLinks: varint(14),
  status: message(15),
  // Field 16 is the first whose tag takes two bytes.
  flags: (16 << 3) | 5,
  linkFlags: (6 << 3) | 5,
} as const;

function writeIds(context: SpanContext): void {
  writer.byte(TAG.f1);
  writer.hex(context.traceId);
  writer.byte(TAG.f2);
  writer.hex(context.spanId);
  const state = context.traceState?.serialize() ?? '';
  if (state === '') return;
  writer.byte(TAG.f3);
  writer.text(state);
}

function writeCount(tag: number, count: number): void {
  if (count === 0) return;
  writer.byte(tag);
  writer.varint(count);
}

function writeEvent(event: TimedEvent): void {
  writer.byte(TAG.events);
  const start = writer.begin();
  writer.byte(fixed64(1));
  writer.time(event.time);
  writer.byte(TAG.f2);
  writer.text(event.name);
  writeAttributes(TAG.f3, event.attributes ?? {});
  writeCount(varint(4), event.droppedAttributesCount ?? 0);
  writer.end(start);
}

function writeLink(link: Link): void {
  writer.byte(TAG.links);
  const start = writer.begin();
  writeIds(link.context);
  writeAttributes(TAG.f4, link.attributes ?? {});
  writeCount(varint(5), link.droppedAttributesCount ?? 0);
  writer.byte(TAG.linkFlags);
  writer.fixed32(flagsOf(link.context, link.context));
  writer.end(start);
}

function writeStatus({ code, message: text = '' }: ReadableSpan['status']): void {
  if (code === SpanStatusCode.UNSET && text === '') return;
  writer.byte(TAG.status);
  const start = writer.begin();
  if (text !== '') {
    writer.byte(TAG.f2);
    writer.text(text);
  }
  writeCount(varint(3), code);
  writer.end(start);
}

/** Bits 8 and 9: whether it is known that the parent, or the link, is of another process, and whether it is. */
function flagsOf({ traceFlags }: SpanContext, origin: SpanContext | undefined): number {
  return (traceFlags & 0xff) | 0x100 | (origin?.isRemote === true ? 0x200 : 0);
}

function writeAttributes(tag: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes)) writeKeyValue(tag, { key, value: attributes[key] });
}

function writeKeyValue(tag: number, { key, value }: { key: string; value: unknown }): void {
  writer.byte(tag);
  const start = writer.begin();
  writer.byte(TAG.f1);
  writer.text(key);
  writer.byte(TAG.f2);
  writeValue(value);
  writer.end(start);
}

function writeValue(value: unknown): void {
  const start = writer.begin();
  if (typeof value === 'string') {
    writer.byte(TAG.f1);
    writer.text(value);
  } else if (typeof value === 'boolean') {
    writer.byte(varint(2));
    writer.byte(value ? 1 : 0);
  } else if (typeof value === 'number') writeNumber(value);
  else if (value instanceof Uint8Array) {
    writer.byte(message(7));
    writer.bytes(value);
  } else if (Array.isArray(value)) writeArray(value);
  else if (typeof value === 'object' && value !== null) writeMap(value);
  writer.end(start);
}

function writeNumber(value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) {
    writer.byte(varint(3));
    writer.varint(value);
  } else {
    writer.byte(fixed64(4));
    writer.double(value);
  }
}

function writeArray(values: readonly unknown[]): void {
  writer.byte(TAG.f5);
  const start = writer.begin();
  for (const value of values) {
    writer.byte(TAG.f1);
    writeValue(value);
  }
  writer.end(start);
}

function writeMap(values: object): void {
  writer.byte(message(6));
  const start = writer.begin();
  for (const [key, value] of Object.entries(values)) writeKeyValue(TAG.f1, { key, value });
  writer.end(start);
}

function lengthOf(tag: number, length: number): Uint8Array {
  writer.reset();
  writer.byte(tag);
  writer.varint(length);
  return writer.finish();
}

function scopeHead({ name, version }: InstrumentationScope): Uint8Array {
  writer.reset();
  writer.byte(TAG.f1);
  const start = writer.begin();
  writer.byte(TAG.f1);
  writer.text(name);
  if (version !== undefined && version !== '') {
    writer.byte(TAG.f2);
    writer.text(version);
  }
  writer.end(start);
  return writer.finish();
}

function resourceHead(resource: Resource): Uint8Array {
  writer.reset();
  writer.byte(TAG.f1);
  const start = writer.begin();
  writeAttributes(TAG.f1, resource.attributes);
  // None dropped: said, because the SDK's own serialiser says it and is what the tests compare with.
  writer.byte(varint(2));
  writer.byte(0);
  writer.end(start);
  return writer.finish();
}

function schemaUrl(url: string | undefined): Uint8Array {
  writer.reset();
  if (url !== undefined && url !== '') {
    writer.byte(TAG.f3);
    writer.text(url);
  }
  return writer.finish();
}
