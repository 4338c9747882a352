import { SpanStatusCode } from '@opentelemetry/api';
import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace';
import type { DetectSpan, SpanKind } from '../detect/types.ts';
import { AgentSpan } from '../spans/agent-span.ts';
import { RepeatBudget } from './repeats.ts';
import type { SecondCalls } from './repeats.ts';
import type { GatedRequest } from '../sampling/request-gate.ts';

/** What is kept of one request while it runs. */
export interface TrackedRequest extends GatedRequest {
  readonly entry: Span;
  readonly repeats: RepeatBudget;
  readonly startedMs: number;
  /** Those that have ended. */
  spans: ReadableSpan[];
  /** Spans started and not ended, the entry among them. */
  openSpans: number;
  hasCalls: boolean;
  state: 'running' | 'waiting' | 'settled';
}

export interface Begun {
  readonly entry: Span;
  readonly startedMs: number;
  readonly seconds: SecondCalls;
}

export function createTrackedRequest({ entry, startedMs, seconds }: Begun): TrackedRequest {
  return {
    entry,
    repeats: new RepeatBudget(seconds),
    startedMs,
    spans: [],
    openSpans: 0,
    hasCalls: false,
    state: 'running',
    held: [],
    verdict: undefined,
  };
}

const REQUEST: unique symbol = Symbol('nightjar.request');

/**
 * Kept on the span itself: a WeakMap of every live span costs the garbage collector more than the tracker costs in all.
 * 'untracked': a request beyond the limit, remembered so that its children do not pass for entries.
 */
export function requestOf(
  span: (object & { readonly [REQUEST]?: TrackedRequest | 'untracked' }) | undefined,
): TrackedRequest | 'untracked' | undefined {
  return span?.[REQUEST];
}

export function markWith(span: Span, request: TrackedRequest | 'untracked'): void {
  const marked: Span & { [REQUEST]?: TrackedRequest | 'untracked' } = span;
  marked[REQUEST] = request;
}

/** OpenTelemetry's API counts kinds from 0, OTLP from 1. */
const OTLP_KINDS: readonly SpanKind[] = [1, 2, 3, 4, 5];

export function recordsOf({ spans }: TrackedRequest, service: string): DetectSpan[] {
  return spans.map((span) => recordOf(span, service));
}

export function recordOf(span: ReadableSpan, service: string): DetectSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    service,
    name: span.name,
    kind: OTLP_KINDS[span.kind] ?? 0,
    scopeName: span.instrumentationScope.name,
    startMs: span instanceof AgentSpan ? span.startMs : millisecondsOf(span.startTime),
    durationMs: durationMsOf(span),
    isError: span.status.code === SpanStatusCode.ERROR,
    attributes: span.attributes as DetectSpan['attributes'],
  };
}

export function durationMsOf(span: ReadableSpan): number {
  return span instanceof AgentSpan ? span.durationMs : millisecondsOf(span.duration);
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
