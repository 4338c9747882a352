import {
  INVALID_SPAN_CONTEXT,
  SamplingDecision,
  SpanKind,
  TraceFlags,
  context as contexts,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import type { Context, Span, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { AgentSpan } from './agent-span.ts';
import type { SpanOrigin } from './agent-span.ts';
import { randomSpanId, randomTraceId } from './random-ids.ts';
import { isTime, msOf, offsetNow } from './span-clock.ts';

/** Every span is recorded, so of a sampler's answer only the flag and the tracestate are taken. */
export type FlagSampler = Pick<Sampler, 'shouldSample'>;

export class AgentTracer implements Tracer {
  readonly #origin: SpanOrigin;
  readonly #sampler: FlagSampler;

  constructor(origin: SpanOrigin, sampler: FlagSampler) {
    this.#origin = origin;
    this.#sampler = sampler;
  }

  startSpan(name: string, options: SpanOptions = {}, given: Context = contexts.active()): Span {
    if (isTracingSuppressed(given)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const context = options.root === true ? trace.deleteSpan(given) : given;
    const parent = trace.getSpan(context);
    const offsetMs = parent instanceof AgentSpan ? parent.offsetMs : offsetNow();
    const { startTime } = options;
    const startMs = isTime(startTime) ? msOf(startTime, offsetMs) : performance.now() + offsetMs;
    const kind = options.kind ?? SpanKind.INTERNAL;
    const ids = parent instanceof AgentSpan ? childOf(parent.spanContext()) : this.#sampled(name, context);
    const span = new AgentSpan(this.#origin, {
      name,
      kind,
      context: ids,
      parent: parent instanceof AgentSpan ? parent.spanContext() : validContextOf(parent),
      startMs,
      offsetMs,
    });
    span.begin({ attributes: options.attributes, links: options.links });
    this.#origin.processor.onStart(span, context);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan(name: string, ...rest: readonly unknown[]): unknown {
    const fn = rest.at(-1);
    if (typeof fn !== 'function') return undefined;
    // The overloads above say what stands where.
    const [options, given] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const parent = given ?? contexts.active();
    const span = this.startSpan(name, options, parent);
    return contexts.with(trace.setSpan(parent, span), () => Reflect.apply(fn, undefined, [span]));
  }

  #sampled(name: string, context: Context): SpanContext {
    const parent = validContextOf(trace.getSpan(context));
    const traceId = parent?.traceId ?? randomTraceId();
    const { decision, traceState = parent?.traceState } = this.#sampler.shouldSample(
      context,
      traceId,
      name,
      SpanKind.INTERNAL,
      {},
      [],
    );
    // The API's decision and the SDK's are the same numbers under two names.
    const decided: number = decision;
    const taken: number = SamplingDecision.RECORD_AND_SAMPLED;
    const traceFlags = decided === taken ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const spanId = randomSpanId();
    return traceState === undefined
      ? { traceId, spanId, traceFlags }
      : { traceId, spanId, traceFlags, traceState };
  }
}

/** What is decided for a request holds for all of it, so that the sampler is not asked again. */
function childOf({ traceId, traceFlags, traceState }: SpanContext): SpanContext {
  const spanId = randomSpanId();
  return traceState === undefined
    ? { traceId, spanId, traceFlags }
    : { traceId, spanId, traceFlags, traceState };
}

function validContextOf(span: Span | undefined): SpanContext | undefined {
  const context = span?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context : undefined;
}
