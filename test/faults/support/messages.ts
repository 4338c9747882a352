import {
  bytesField,
  fixed64Field,
  messageField,
  textField,
  varintField,
} from '../../bench/ingest/otlp-message.ts';

// Hostile messages, written byte by byte: no serialiser would make them.

const TRACE_ID = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');

export interface SpanParts {
  readonly name: string;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  /** Further fields of the span. */
  readonly fields?: readonly Uint8Array[];
}

let nextSpanId = 1n;

export function spanField(span: SpanParts): Uint8Array {
  const id = Buffer.alloc(8);
  id.writeBigUInt64BE(nextSpanId);
  nextSpanId += 1n;
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  return messageField(2, [
    bytesField(1, TRACE_ID),
    bytesField(2, id),
    textField(5, span.name),
    varintField(6, 2),
    fixed64Field(7, BigInt.asUintN(64, span.startNs ?? nowNs)),
    fixed64Field(8, BigInt.asUintN(64, span.endNs ?? nowNs)),
    ...(span.fields ?? []),
  ]);
}

/** An ExportTraceServiceRequest of one service. */
export function tracesOf(service: string, spans: readonly Uint8Array[]): Buffer {
  const name = messageField(1, [textField(1, 'service.name'), bytesField(2, textField(1, service))]);
  return Buffer.from(messageField(1, [messageField(1, [name]), messageField(2, spans)]));
}

export const ATTRIBUTES = 9;
export const EVENTS = 11;
export const LINKS = 13;

/** A KeyValue in the given field. */
export function keyValue(field: number, key: string, value: Uint8Array): Uint8Array {
  return messageField(field, [textField(1, key), bytesField(2, value)]);
}

/** AnyValue: arrays in arrays, so many deep, around a text. */
export function nestedArrays(depth: number): Uint8Array {
  let value = textField(1, 'x');
  for (let level = 0; level < depth; level++) value = bytesField(5, bytesField(1, value));
  return value;
}

/** AnyValue: maps in maps. */
export function nestedMaps(depth: number): Uint8Array {
  let value = textField(1, 'x');
  for (let level = 0; level < depth; level++) value = bytesField(6, keyValue(1, 'k', value));
  return value;
}

export function event(name: string): Uint8Array {
  return messageField(EVENTS, [fixed64Field(1, BigInt(Date.now()) * 1_000_000n), textField(2, name)]);
}

export function link(): Uint8Array {
  return messageField(LINKS, [bytesField(1, TRACE_ID), bytesField(2, Buffer.alloc(8, 1))]);
}

export async function postProtobuf(url: string, body: Buffer): Promise<number> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
