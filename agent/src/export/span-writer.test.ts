import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { createTraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AgentSpan } from '../spans/agent-span.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { SpanBatch } from './span-batch.ts';
import { writeSpan } from './span-writer.ts';

const RESOURCE = resourceFromAttributes({ 'service.name': 'shop', 'process.pid': 12, 'a.list': ['x', 'ÿ'] });
const SCOPE = { name: '@opentelemetry/instrumentation-pg', version: '0.77.0', schemaUrl: 'https://schema' };
const CONTEXT = { traceId: '0123456789abcdef0123456789ABCDEF', spanId: 'fedcba9876543210', traceFlags: 1 };

/** Every field has a value: the official serialiser also writes counts that are zero. */
function spanWith(changes: Partial<ReadableSpan> = {}): ReadableSpan {
  const span: ReadableSpan = {
    name: 'pg.query:SELECT shop',
    kind: 2,
    spanContext: () => ({ ...CONTEXT, traceState: createTraceState('a=1,b=2') }),
    parentSpanContext: { ...CONTEXT, spanId: '00000000000000ff', isRemote: true },
    startTime: [1_795_168_818, 999_999_999],
    endTime: [1_795_168_819, 1],
    status: { code: 2, message: 'no' },
    attributes: { 'db.query.text': 'SELECT 1' },
    links: [{ context: CONTEXT, attributes: { a: true }, droppedAttributesCount: 3 }],
    events: [{ name: 'exception', time: [1, 2], attributes: { at: 1.5 }, droppedAttributesCount: 300 }],
    duration: [0, 2],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 1,
    droppedEventsCount: 129,
    droppedLinksCount: 70_000,
  };
  return { ...span, ...changes };
}

const batch = new SpanBatch();

function ours(spans: readonly ReadableSpan[], resource: Resource = RESOURCE): string {
  for (const span of spans) batch.add(span);
  return Buffer.from(batch.take(resource)).toString('hex');
}

function official(spans: ReadableSpan[]): string {
  return Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? []).toString('hex');
}

it('writes each field as the official serialiser does', () => {
  expect(ours([spanWith()])).toBe(official([spanWith()]));
});

it.each([
  ['no', ''],
  ['127 characters of', 'x'.repeat(127)],
  ['128 characters of', 'x'.repeat(128)],
  ['16 KiB of', 'x'.repeat(16_384)],
  ['a megabyte of', 'é'.repeat(500_000)],
  ['a lone surrogate in its', 'a\ud800b'],
  ['emoji at the end of its', `${'x'.repeat(198)}😀`],
])('writes %s text', (_, text) => {
  const span = spanWith({ name: text, attributes: { [text.slice(0, 300)]: text, next: 1 } });
  expect(ours([span])).toBe(official([span]));
});

it('writes whatever an attribute may be', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 400 }));
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double());
  const one = fc.oneof(text, number, fc.boolean());
  const value = fc.oneof(one, fc.array(text), fc.array(number), fc.array(fc.boolean()));
  fc.assert(
    fc.property(fc.dictionary(text, value), text, fc.nat(), (attributes, name, nanoseconds) => {
      const span = spanWith({ name, attributes, startTime: [nanoseconds, nanoseconds % 1e9] });
      expect(ours([span])).toBe(official([span]));
    }),
    { numRuns: 200 },
  );
});

it('keeps spans of a scope together, in their order', () => {
  const other = { name: 'other' };
  const spans = [SCOPE, other, SCOPE].map((instrumentationScope, i) =>
    spanWith({ instrumentationScope, name: `span ${i}` }),
  );
  expect(ours(spans)).toBe(official(spans));
});

it('leaves out what is empty', () => {
  const bare = spanWith({
    spanContext: () => CONTEXT,
    name: '',
    attributes: {},
    events: [],
    links: [],
    status: { code: 0 },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
  const writer = new ProtobufWriter();
  writeSpan(bare, writer);
  expect(writer.length).toBeLessThan(75);
});

it('writes the times of the agent’s own spans from one number', () => {
  const processor = {
    onStart: () => undefined,
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const span = new AgentSpan(
    { scope: SCOPE, resource: RESOURCE, processor },
    { name: 'x', kind: 1, context: CONTEXT, parent: undefined, startMs: 1_795_168_818_999.75, offsetMs: 0 },
  );
  span.end([1_795_168_819, 500_000]);
  const writer = new ProtobufWriter();
  writeSpan(span, writer);
  const bytes = Buffer.from(writer.written());
  const time = (ns: bigint): Buffer => {
    const eight = Buffer.alloc(8);
    eight.writeBigUInt64LE(ns);
    return eight;
  };
  expect(bytes.includes(time(1_795_168_818_999_750_000n))).toBe(true);
  expect(bytes.includes(time(1_795_168_819_000_500_000n))).toBe(true);
});
