import type { Attributes, AttributeValue, DetectSpan, SpanKind } from './types.ts';

/** Spans for tests: read from OTLP/JSON, or made by hand. */

export interface ExpectedCase {
  readonly file: string;
  readonly name: string;
  readonly spans: number;
  readonly verdict: string;
  readonly minCount: number;
  readonly findings: number;
  readonly alert: boolean;
  readonly why: string;
}

export function expectedCases(json: unknown): ExpectedCase[] {
  return list(json).map((row) => ({
    file: text(row, 'file'),
    name: text(row, 'name'),
    spans: Number(field(row, 'spans')),
    verdict: text(row, 'verdict'),
    minCount: Number(field(row, 'minCount') ?? 0),
    findings: Number(field(row, 'findings') ?? 0),
    alert: field(row, 'alert') === true,
    why: text(row, 'why'),
  }));
}

export function spansOfCase(json: unknown): DetectSpan[] {
  const originNs = 1_760_000_000_000_000_000n;
  const ms = (value: unknown): number => Number(BigInt(String(value)) - originNs) / 1e6;
  return list(field(json, 'resourceSpans')).flatMap((resourceSpans) => {
    const resource = attributes(field(field(resourceSpans, 'resource'), 'attributes'));
    return list(field(resourceSpans, 'scopeSpans')).flatMap((scopeSpans) =>
      list(field(scopeSpans, 'spans')).map((span) => ({
        spanId: text(span, 'spanId'),
        parentSpanId: text(span, 'parentSpanId'),
        service: String(resource['service.name'] ?? ''),
        name: text(span, 'name'),
        kind: kind(field(span, 'kind')),
        scopeName: text(field(scopeSpans, 'scope'), 'name'),
        startMs: ms(field(span, 'startTimeUnixNano')),
        durationMs: ms(field(span, 'endTimeUnixNano')) - ms(field(span, 'startTimeUnixNano')),
        isError: field(field(span, 'status'), 'code') === 2,
        attributes: attributes(field(span, 'attributes')),
      })),
    );
  });
}

let lastId = 0;

export function span(over: Partial<DetectSpan> = {}): DetectSpan {
  lastId++;
  return {
    spanId: lastId.toString(16).padStart(16, '0'),
    parentSpanId: '',
    service: 'api',
    name: 'span',
    kind: 1,
    scopeName: '',
    startMs: 0,
    durationMs: 1,
    isError: false,
    attributes: {},
    ...over,
  };
}

/** A request that lasts until its children are done. */
export function request(over: Partial<DetectSpan> = {}): DetectSpan {
  return span({ name: 'GET /books', kind: 2, startMs: 0, durationMs: 100, ...over });
}

export function query(statement: string, over: Partial<DetectSpan> = {}): DetectSpan {
  return span({
    name: 'pg.query',
    kind: 3,
    scopeName: '@opentelemetry/instrumentation-pg',
    ...over,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': statement, ...over.attributes },
  });
}

/** `n` spans one after the other with half a millisecond between. */
export function inTurn(
  n: number,
  make: (i: number, startMs: number) => DetectSpan,
  durationMs = 2,
): DetectSpan[] {
  return Array.from({ length: n }, (_, i) => ({ ...make(i, 1 + i * (durationMs + 0.5)), durationMs }));
}

export const LOOKUP = 'SELECT * FROM authors WHERE id = $1';

export function loop(n: number, statement = LOOKUP, over: Partial<DetectSpan> = {}): DetectSpan[] {
  return inTurn(n, (_, startMs) => query(statement, { ...over, startMs }));
}

/** `root` and the spans, made its children. */
export function childrenOf(root: DetectSpan, spans: readonly DetectSpan[]): DetectSpan[] {
  return [root, ...spans.map((one) => ({ ...one, parentSpanId: root.spanId }))];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function kind(value: unknown): SpanKind {
  return value === 1 || value === 2 || value === 3 || value === 4 || value === 5 ? value : 0;
}

function attributes(value: unknown): Attributes {
  const read: Record<string, AttributeValue> = {};
  for (const pair of list(value)) {
    const held = field(pair, 'value');
    const scalar = field(held, 'stringValue') ?? field(held, 'boolValue') ?? field(held, 'doubleValue');
    const number = field(held, 'intValue');
    if (typeof scalar === 'string' || typeof scalar === 'boolean' || typeof scalar === 'number')
      read[text(pair, 'key')] = scalar;
    else if (number !== undefined) read[text(pair, 'key')] = Number(number);
  }
  return read;
}
