/** Just enough of OTLP protobuf to read in a test what the agent sent. Field numbers: opentelemetry-proto 1.x. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly statusCode: number;
}

export interface SentPoint {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | undefined;
}

export interface SentLog {
  readonly body: unknown;
  readonly traceId: string;
  readonly spanId: string;
  readonly severity: number;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export function decodeSpans(bytes: Buffer): SentSpan[] {
  return fields(bytes, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(fields(first(resourceSpans, 1), 1));
    return fields(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = first(first(scopeSpans, 1), 1).toString();
      return fields(scopeSpans, 2).map((span) => ({
        traceId: first(span, 1).toString('hex'),
        spanId: first(span, 2).toString('hex'),
        parentSpanId: first(span, 4).toString('hex'),
        name: first(span, 5).toString(),
        kind: number(span, 6),
        scope,
        resource,
        attributes: attributesOf(fields(span, 9)),
        events: fields(span, 11).map((event) => ({
          name: first(event, 2).toString(),
          attributes: attributesOf(fields(event, 3)),
        })),
        statusCode: number(first(span, 15), 3),
      }));
    });
  });
}

export function decodePoints(bytes: Buffer): SentPoint[] {
  const metrics = fields(bytes, 1).flatMap((one) => fields(one, 2).flatMap((scope) => fields(scope, 2)));
  return metrics.flatMap((metric) =>
    [5, 7, 9].flatMap((shape) =>
      fields(first(metric, shape), 1).map((point) => ({
        metric: first(metric, 1).toString(),
        attributes: attributesOf(fields(point, shape === 9 ? 9 : 7)),
        value: walk(point).reduce<number | undefined>((value, { id, raw }) => {
          if (shape === 9) return value;
          if (id === 4) return raw.readDoubleLE();
          return id === 6 ? Number(raw.readBigInt64LE()) : value;
        }, undefined),
      })),
    ),
  );
}

export function decodeLogs(bytes: Buffer): SentLog[] {
  const scopes = fields(bytes, 1).flatMap((one) => fields(one, 2));
  return scopes.flatMap((scope) =>
    fields(scope, 2).map((record) => ({
      body: valueOf(first(record, 5)),
      traceId: first(record, 9).toString('hex'),
      spanId: first(record, 10).toString('hex'),
      severity: number(record, 2),
      scope: first(first(scope, 1), 1).toString(),
      attributes: attributesOf(fields(record, 6)),
    })),
  );
}

interface Field {
  readonly id: number;
  readonly raw: Buffer;
}

const EMPTY = Buffer.alloc(0);

function walk(bytes: Buffer): Field[] {
  const found: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    at = tag.next;
    const wire = tag.value & 7;
    const sized = wire === 2 ? varint(bytes, at) : undefined;
    const start = sized?.next ?? at;
    const end =
      wire === 1
        ? at + 8
        : wire === 5
          ? at + 4
          : wire === 0
            ? varint(bytes, at).next
            : start + (sized?.value ?? 0);
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

function fields(bytes: Buffer, id: number): Buffer[] {
  return walk(bytes).flatMap((field) => (field.id === id ? [field.raw] : []));
}

function first(bytes: Buffer, id: number): Buffer {
  return fields(bytes, id)[0] ?? EMPTY;
}

function number(bytes: Buffer, id: number): number {
  return varint(first(bytes, id), 0).value;
}

function attributesOf(pairs: readonly Buffer[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map((pair) => [first(pair, 1).toString(), valueOf(first(pair, 2))]));
}

const READERS: Readonly<Record<number, (raw: Buffer) => unknown>> = {
  1: (raw) => raw.toString(),
  2: (raw) => varint(raw, 0).value === 1,
  3: (raw) => varint(raw, 0).value,
  4: (raw) => raw.readDoubleLE(),
  5: (raw) => fields(raw, 1).map(valueOf),
  6: (raw) => attributesOf(fields(raw, 1)),
};

function valueOf(bytes: Buffer): unknown {
  const field = walk(bytes)[0];
  return field === undefined ? undefined : READERS[field.id]?.(field.raw);
}
