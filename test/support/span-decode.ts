import type { AttributeValue, Attributes, SpanKind } from '@nightjar/agent/detect';
import type { ReceivedSpan } from './span-receiver.ts';

/** Field numbers: opentelemetry-proto 1.x, trace.proto and common.proto. */
export function decodeReceived(bytes: Buffer): ReceivedSpan[] {
  return all(bytes, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(all(one(resourceSpans, 1), 1));
    const service = String(resource['service.name'] ?? '');
    return all(resourceSpans, 2).flatMap((scopeSpans) => {
      const scopeName = one(one(scopeSpans, 1), 1).toString();
      return all(scopeSpans, 2).map((span) => spanOf(span, { service, scopeName }));
    });
  });
}

const kinds: readonly SpanKind[] = [0, 1, 2, 3, 4, 5];
const errorStatus = 2;

function spanOf(span: Buffer, from: { readonly service: string; readonly scopeName: string }): ReceivedSpan {
  const startNs = nanosOf(one(span, 7));
  const endNs = nanosOf(one(span, 8));
  return {
    ...from,
    traceId: one(span, 1).toString('hex'),
    spanId: one(span, 2).toString('hex'),
    parentSpanId: one(span, 4).toString('hex'),
    name: one(span, 5).toString(),
    kind: kinds[integerOf(span, 6)] ?? 0,
    startMs: Number(startNs / 1_000n) / 1_000,
    durationMs: Number(endNs - startNs) / 1e6,
    isError: integerOf(one(span, 15), 3) === errorStatus,
    attributes: attributesOf(all(span, 9)),
    events: all(span, 11).map((event) => ({
      name: one(event, 2).toString(),
      attributes: attributesOf(all(event, 3)),
    })),
  };
}

interface Field {
  readonly id: number;
  /** The value: the bytes of a sized field, or the varint itself. */
  readonly raw: Buffer;
}

const empty = Buffer.alloc(0);
const sizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

function fieldsOf(bytes: Buffer): Field[] {
  const found: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    const wire = tag.value & 7;
    const sized = wire === 2 ? varint(bytes, tag.next) : undefined;
    const start = sized?.next ?? tag.next;
    const end = wire === 0 ? varint(bytes, start).next : start + (sized?.value ?? sizes[wire] ?? 0);
    found.push({ id: tag.value >>> 3, raw: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

function varint(bytes: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  for (let at = start, scale = 1; ; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, next: at + 1 };
  }
}

function all(bytes: Buffer, id: number): Buffer[] {
  return fieldsOf(bytes).flatMap((field) => (field.id === id ? [field.raw] : []));
}

function one(bytes: Buffer, id: number): Buffer {
  return all(bytes, id)[0] ?? empty;
}

function integerOf(bytes: Buffer, id: number): number {
  return varint(one(bytes, id), 0).value;
}

function nanosOf(fixed64: Buffer): bigint {
  return fixed64.length === 8 ? fixed64.readBigUInt64LE() : 0n;
}

function attributesOf(pairs: readonly Buffer[]): Attributes {
  return Object.fromEntries(pairs.map((pair) => [one(pair, 1).toString(), valueOf(one(pair, 2))]));
}

function valueOf(bytes: Buffer): AttributeValue | undefined {
  const [field] = fieldsOf(bytes);
  if (field === undefined) return undefined;
  switch (field.id) {
    case 1:
      return field.raw.toString();
    case 2:
      return varint(field.raw, 0).value === 1;
    case 3:
      return varint(field.raw, 0).value;
    case 4:
      return field.raw.readDoubleLE();
    case 5:
      return all(field.raw, 1).map((each) => String(valueOf(each)));
    default:
      return undefined;
  }
}
