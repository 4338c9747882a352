import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headSamplerOf } from '../sampling/head-sampler.ts';
import { AgentTracerProvider } from './agent-tracer-provider.ts';

const START_MS = 1_795_168_818_123;
const resource = resourceFromAttributes({ 'service.name': 'shop' });
const sampler = headSamplerOf({ name: 'always_on', ratio: 1 });

function collecting(): SpanProcessor & { readonly ended: ReadableSpan[] } {
  const ended: ReadableSpan[] = [];
  return {
    ended,
    onStart: (span) => void span.setAttribute('started', true),
    onEnding: (span) => void span.setAttribute('ending', true),
    onEnd: (span) => void ended.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** What a span says once it has ended, ids left out. */
function told(run: (tracer: Tracer) => void, isOurs: boolean): unknown {
  const processor = collecting();
  const tracers = isOurs
    ? new AgentTracerProvider({ resource, sampler, processor })
    : new TracerProvider({ resource, sampler, spanProcessors: [processor] });
  run(tracers.getTracer('app', '1.2.3', { schemaUrl: 'https://schema' }));
  return processor.ended.map((span) => ({
    name: span.name,
    kind: span.kind,
    attributes: { ...span.attributes },
    status: span.status,
    events: span.events,
    links: span.links,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    scope: span.instrumentationScope,
    resource: span.resource.attributes,
    hasParent: span.parentSpanContext !== undefined,
    flags: span.spanContext().traceFlags,
    dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
  }));
}

const key = fc.oneof(fc.constantFrom('', 'a', 'constructor', '__proto_'), fc.string({ maxLength: 3 }));
const value = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(undefined, null, Number.NaN, { a: 1 }, 10n, Symbol.iterator, new Date(0)),
  fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 2 }), fc.constant(null)), { maxLength: 3 }),
);
/** As an app may call it, whatever the types say. */
const attributes = fc
  .array(fc.tuple(key, value), { maxLength: 6 })
  .map((pairs) => Object.fromEntries(pairs) as Attributes);
const time = fc.constantFrom<[number, number] | Date | number | undefined>(
  [1_795_168_820, 500_000],
  new Date(START_MS + 7),
  START_MS + 9,
  START_MS - 5,
);
const step = fc.oneof(
  fc.tuple(key, value).map(
    ([name, given]) =>
      (span: Span) =>
        span.setAttribute(name, given),
  ),
  attributes.map((given) => (span: Span) => span.setAttributes(given)),
  fc.tuple(attributes, time).map(
    ([given, at]) =>
      (span: Span) =>
        span.addEvent('event', given, at ?? START_MS),
  ),
  time.map((at) => (span: Span) => span.addEvent('event', at ?? START_MS)),
  attributes.map((given) => (span: Span) => span.addLink({ context: span.spanContext(), attributes: given })),
  fc
    .record({ code: fc.constantFrom(0, 1, 2), message: fc.constantFrom('no', 'never') })
    .map((status) => (span: Span) => span.setStatus(status)),
  fc.constant((span: Span) => span.setStatus({ code: SpanStatusCode.ERROR })),
  fc.string({ maxLength: 5 }).map((name) => (span: Span) => span.updateName(name)),
  fc
    .constantFrom<string | Error>(
      'thrown',
      '',
      Object.assign(new Error('broken'), { code: 42, stack: 'at x' }),
    )
    .map((error) => (span: Span) => span.recordException(error, START_MS + 1)),
  time.map((at) => (span: Span) => span.end(at ?? START_MS)),
);

it('says of itself what the span of the SDK would, whatever is done to it', () => {
  fc.assert(
    fc.property(attributes, fc.array(step, { maxLength: 12 }), time, (first, steps, end) => {
      const run = (tracer: Tracer): void => {
        const span = tracer.startSpan('work', {
          kind: SpanKind.CLIENT,
          attributes: first,
          startTime: START_MS,
        });
        for (const one of steps) one(span);
        span.end(end ?? START_MS + 10);
      };
      // A link carries the ids of its span, which differ.
      const plain = (given: unknown): unknown =>
        JSON.parse(JSON.stringify(given, (name, inner: unknown) => (name === 'context' ? undefined : inner)));
      expect(plain(told(run, true))).toEqual(plain(told(run, false)));
    }),
    { numRuns: 400 },
  );
});

it('takes what the SDK takes in spite of the types, and throws as little', () => {
  const run = (tracer: Tracer): void => {
    const nothing: unknown = JSON.parse('null');
    const given = { attributes: nothing, links: nothing } as SpanOptions;
    const span = tracer.startSpan('work', { ...given, startTime: START_MS });
    for (const thrown of [nothing, undefined, 5]) span.recordException(thrown as string, START_MS);
    for (const attributes of [nothing, undefined]) span.setAttributes(attributes as Attributes);
    span.end(START_MS + 1);
    tracer.startSpan('work', { startTime: nothing as number });
  };
  expect(told(run, true)).toEqual(told(run, false));
});

it('keeps 128 attributes, events and links, and counts the others', () => {
  const run = (tracer: Tracer): void => {
    const links = Array.from({ length: 130 }, () => ({
      context: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
    }));
    const span = tracer.startSpan('work', { links, startTime: START_MS });
    for (let i = 0; i < 140; i++) {
      span.setAttribute(`key ${i}`, i);
      span.addEvent(`event ${i}`, START_MS);
    }
    span.setAttribute('list', [1]);
    span.addLink(links[0] ?? { context: span.spanContext() });
    span.end(START_MS + 1);
  };
  expect(told(run, true)).toEqual(told(run, false));
});

it.each([true, false])('nests spans made by the API (ours: %s)', (isOurs) => {
  const processor = collecting();
  const tracers = isOurs
    ? new AgentTracerProvider({ resource, sampler, processor })
    : new TracerProvider({ resource, sampler, spanProcessors: [processor] });
  const tracer = tracers.getTracer('app');
  const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
  const inRoot = trace.setSpan(ROOT_CONTEXT, root);
  const returned = tracer.startActiveSpan('child', { kind: SpanKind.SERVER }, inRoot, (span) => {
    span.end();
    return 7;
  });
  const apart = tracer.startSpan('apart', { root: true }, inRoot);
  expect(returned).toBe(7);
  const [child] = processor.ended;
  expect(child?.parentSpanContext).toEqual(root.spanContext());
  expect(child?.spanContext().traceId).toBe(root.spanContext().traceId);
  expect(apart.spanContext().traceId).not.toBe(root.spanContext().traceId);
});
