import { SpanStatusCode } from '@opentelemetry/api';
import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace';
import type { DetectSpan, SpanKind } from '../detect/types.ts';
import { createRepeatBudget } from './repeats.ts';
import type { RepeatBudget } from './repeats.ts';

/** What is kept of one request while it runs: light records of its ended spans, no span itself but the entry. */
export interface TrackedRequest {
  readonly entry: Span;
  readonly repeats: RepeatBudget;
  readonly startedMs: number;
  records: DetectSpan[];
  /** Spans started and not ended, the entry among them. */
  openSpans: number;
  hasCalls: boolean;
  state: 'running' | 'waiting' | 'settled';
}

export function createTrackedRequest(entry: Span, nowMs: number): TrackedRequest {
  return {
    entry,
    repeats: createRepeatBudget(),
    startedMs: nowMs,
    records: [],
    openSpans: 0,
    hasCalls: false,
    state: 'running',
  };
}

/** OpenTelemetry's API counts kinds from 0, OTLP from 1. */
const OTLP_KINDS: readonly SpanKind[] = [1, 2, 3, 4, 5];

export function recordOf(span: ReadableSpan, service: string): DetectSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    service,
    name: span.name,
    kind: OTLP_KINDS[span.kind] ?? 0,
    scopeName: span.instrumentationScope.name,
    startMs: millisecondsOf(span.startTime),
    durationMs: millisecondsOf(span.duration),
    isError: span.status.code === SpanStatusCode.ERROR,
    attributes: span.attributes as DetectSpan['attributes'],
  };
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
