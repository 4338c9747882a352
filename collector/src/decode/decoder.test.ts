import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES_MAX, EVENTS_MAX, NESTING_MAX } from '../model/limits.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import type { Format, OtlpRequest, Outcome } from '../model/stages.ts';
import { capture } from './capture.ts';
import type { Capture, CapturedAttribute, CapturedSpan } from './capture.ts';
import { createDecoder } from './decoder.ts';
import { jsonToProtobuf } from './json-to-protobuf.ts';

type Spans = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0];
type Span = Spans[number];

async function decode(body: Uint8Array, format: Format, signal: OtlpRequest['signal'] = 'traces') {
  const sink = capture();
  const accept = createDecoder({ sink, metrics: SILENT_METRICS });
  const outcome = await accept({ signal, format, body });
  return { sink, outcome };
}

const hexOf = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((id) => !/^0+$/.test(id));
const hrTime = fc.tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999_999 }));
const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'constructor.prototype.x',
    'a.__proto__.b',
    'toString',
    'db.statement',
  ),
);
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    .filter((n) => !Number.isInteger(n)),
  fc.array(fc.string(), { maxLength: 4 }),
  fc.array(fc.boolean(), { maxLength: 4 }),
);
const attributes = fc
  .uniqueArray(fc.tuple(key, value), { maxLength: 12, selector: ([name]) => name })
  .map((pairs) => Object.fromEntries(pairs));
const context = fc.record({
  traceId: hexOf(32),
  spanId: hexOf(16),
  traceFlags: fc.constantFrom(0, 1),
  isRemote: fc.boolean(),
});
const resource = attributes.map((given) => ({ attributes: given }));
const span = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  kind: fc.integer({ min: 0, max: 4 }),
  context,
  parent: fc.option(context, { nil: undefined }),
  startTime: hrTime,
  endTime: hrTime,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string() }),
  attributes,
  links: fc.array(fc.record({ context, attributes }), { maxLength: 3 }),
  events: fc.array(fc.record({ time: hrTime, name: fc.string(), attributes }), { maxLength: 3 }),
  resource,
  instrumentationScope: fc.record({ name: fc.string(), version: fc.string({ minLength: 1 }) }),
  dropped: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)),
});
type Given = typeof span extends fc.Arbitrary<infer T> ? T : never;

/** What the official serialisers read of a span. */
function readable(given: Given): Span {
  const [droppedAttributesCount, droppedEventsCount, droppedLinksCount] = given.dropped;
  const { context: own, parent, dropped: _, ...rest } = given;
  const built: object = {
    ...rest,
    spanContext: () => own,
    parentSpanContext: parent,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
  };
  // The serialisers read no more of a span than is here.
  return built as Span;
}

function nanos([seconds, rest]: readonly [number, number]): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

function expectedAttributes(given: Readonly<Record<string, unknown>>): CapturedAttribute[] {
  return Object.entries(given).map(([name, item]) => {
    if (typeof item === 'string') return [name, 'string', item];
    if (typeof item === 'boolean') return [name, 'bool', String(item)];
    if (typeof item === 'number') return [name, Number.isInteger(item) ? 'int' : 'double', String(item)];
    return [name, 'text', JSON.stringify(item)];
  });
}

function expected(given: Given): CapturedSpan {
  const remote = given.parent?.isRemote === true ? 0x200 : 0;
  return {
    resource: expectedAttributes(given.resource.attributes),
    scope: [given.instrumentationScope.name, given.instrumentationScope.version],
    ids: [given.context.traceId, given.context.spanId, given.parent?.spanId ?? ''],
    traceState: '',
    name: given.name,
    kind: given.kind + 1,
    start: nanos(given.startTime),
    end: nanos(given.endTime),
    status: [given.status.code, given.status.message],
    flags: given.context.traceFlags | 0x100 | remote,
    dropped: given.dropped.reduce((sum, count) => sum + count, 0),
    attributes: expectedAttributes(given.attributes),
    events: given.events.map((event) => [
      nanos(event.time),
      event.name,
      expectedAttributes(event.attributes),
    ]),
    links: given.links.map((link) => [
      link.context.traceId,
      link.context.spanId,
      expectedAttributes(link.attributes),
    ]),
  };
}

describe('against the official serialisers', () => {
  it.each(['protobuf', 'json'] as const)('%s gives what was serialised', async (format) => {
    const serializer = format === 'protobuf' ? ProtobufTraceSerializer : JsonTraceSerializer;
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 4 }), async (given) => {
        const body = serializer.serializeRequest(given.map(readable)) ?? new Uint8Array(0);
        const { sink, outcome } = await decode(body, format);
        expect(outcome).toMatchObject({ kind: 'stored', accepted: given.length, rejected: 0 });
        expect(sink.spans).toEqual(given.map(expected));
      }),
      { numRuns: 150 },
    );
  });
});

const SPAN = { traceId: 'aB'.repeat(16), spanId: 'cd'.repeat(8), name: 'x' };
const withSpan = (more: object): object => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{ ...SPAN, ...more }] }] }],
});
async function decodeJson(body: object | string): Promise<{ sink: Capture; outcome: Outcome }> {
  return await decode(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'json');
}
const attribute = (given: object): object => withSpan({ attributes: [{ key: 'k', value: given }] });

const TOLERATED: readonly (readonly [string, object | string, Partial<CapturedSpan>])[] = [
  ['ids in any case', withSpan({}), { ids: ['ab'.repeat(16), 'cd'.repeat(8), ''] }],
  ['an empty parent', withSpan({ parentSpanId: '' }), { ids: ['ab'.repeat(16), 'cd'.repeat(8), ''] }],
  ['times as text', withSpan({ startTimeUnixNano: '1760000000001000001' }), { start: 1760000000001000001n }],
  [
    'times as numbers',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano": 1760000000001000001 }]}]}]}',
    { start: 1760000000001000001n },
  ],
  [
    'times as halves',
    withSpan({ startTimeUnixNano: { low: -1, high: 409782938 } }),
    { start: (409782938n << 32n) | 0xffffffffn },
  ],
  ['kinds as names', withSpan({ kind: 'SPAN_KIND_SERVER' }), { kind: 2 }],
  ['kinds nobody knows', withSpan({ kind: 'SPAN_KIND_NEW' }), { kind: 0 }],
  ['status as name', withSpan({ status: { code: 'STATUS_CODE_ERROR' } }), { status: [2, ''] }],
  [
    'nulls',
    withSpan({ attributes: null, events: null, status: null, name: null }),
    { name: '', attributes: [] },
  ],
  ['unknown fields', withSpan({ shoeSize: { a: [1, 2] } }), { name: 'x' }],
  ['integers as numbers', attribute({ intValue: 7 }), { attributes: [['k', 'int', '7']] }],
  [
    'large integers',
    attribute({ intValue: '9007199254740993' }),
    { attributes: [['k', 'text', '9007199254740993']] },
  ],
  ['negative integers', attribute({ intValue: '-5' }), { attributes: [['k', 'int', '-5']] }],
  ['no value', attribute({}), { attributes: [['k', 'empty', '']] }],
  ['bytes', attribute({ bytesValue: 'AAEC' }), { attributes: [['k', 'text', 'AAEC']] }],
  ['not-a-number', attribute({ doubleValue: 'NaN' }), { attributes: [['k', 'double', 'NaN']] }],
  [
    'maps',
    attribute({
      kvlistValue: {
        values: [{ key: '__proto__', value: { arrayValue: { values: [{ intValue: 1 }, {}] } } }],
      },
    }),
    { attributes: [['k', 'text', '{"__proto__":[1,null]}']] },
  ],
];

it.each(TOLERATED)('JSON may have %s', async (_, body, seen) => {
  const { sink } = await decodeJson(body);
  expect(sink.spans[0]).toMatchObject(seen);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

const GARBAGE: readonly (readonly [string, Format, Uint8Array])[] = [
  ['text', 'protobuf', Buffer.from('not protobuf at all')],
  ['a cut message', 'protobuf', Buffer.from([10, 5, 1])],
  ['a group', 'protobuf', Buffer.from([0x0b, 0x0c])],
  ['half of JSON', 'json', Buffer.from('{"resourceSpans":[')],
  ['an array', 'json', Buffer.from('[]')],
  ['a string for a list', 'json', Buffer.from('{"resourceSpans":"x"}')],
  ['a number for a message', 'json', Buffer.from('{"resourceSpans":[1]}')],
  ['text for a time', 'json', Buffer.from(JSON.stringify(withSpan({ startTimeUnixNano: 'now' })))],
  ['deep brackets', 'json', Buffer.from('['.repeat(200_000))],
];

it.each(GARBAGE)('refuses %s (%s) and keeps nothing of it', async (_, format, body) => {
  const { sink, outcome } = await decode(body, format);
  expect(outcome.kind).toBe('undecodable');
  expect(sink.abandoned).toBe(1);
});

it('ends on any bytes, and throws nothing', async () => {
  const seed = jsonToProtobuf(
    'traces',
    Buffer.from(JSON.stringify(withSpan({ events: [{ name: 'e' }], links: [SPAN] }))),
  );
  const mutation = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      mutation,
      fc.constantFrom('traces', 'logs', 'metrics' as const),
      async (changes, signal) => {
        const body = Buffer.from(seed);
        for (const [at, byte] of changes) body[at] = byte;
        const { outcome } = await decode(body, 'protobuf', signal);
        expect(['stored', 'undecodable']).toContain(outcome.kind);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('limits', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: { intValue: i } }));

  it('keeps as many attributes and events as there is room for', async () => {
    const events = Array.from({ length: EVENTS_MAX + 9 }, () => ({ name: 'e' }));
    const { sink } = await decodeJson(withSpan({ attributes: many(ATTRIBUTES_MAX + 7), events }));
    expect(sink.spans[0]?.attributes.length).toBe(ATTRIBUTES_MAX);
    expect(sink.spans[0]?.events.length).toBe(EVENTS_MAX);
  });

  it('cuts what is nested too deeply', async () => {
    let text = '{"stringValue":"bottom"}';
    for (let i = 0; i < 1000; i++) text = `{"arrayValue":{"values":[${text}]}}`;
    const body = JSON.stringify(attribute({})).replace('"value":{}', `"value":${text}`);
    const { sink } = await decodeJson(body);
    const rendered = sink.spans[0]?.attributes[0]?.[2] ?? '';
    expect(rendered).toBe(`${'['.repeat(NESTING_MAX)}"..."${']'.repeat(NESTING_MAX)}`);
  });

  it('drops links that point nowhere and rejects spans without an id', async () => {
    const { sink, outcome } = await decodeJson(withSpan({ traceId: 'zz', links: [{ traceId: '00' }, SPAN] }));
    expect(sink.spans[0]?.links).toEqual([['ab'.repeat(16), 'cd'.repeat(8), []]]);
    expect(outcome).toMatchObject({ accepted: 0, rejected: 1, message: 'invalid_trace_id: 1' });
  });
});
