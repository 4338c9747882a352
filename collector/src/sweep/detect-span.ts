import type { DetectSpan, SpanKind } from '@nightjar/agent/detect';
import type { StoredSpan } from '../storage/stored-span.ts';

const kinds: readonly SpanKind[] = [0, 1, 2, 3, 4, 5];
const errorStatus = 2;

/** Spans of one trace as the engine reads them; times from the first span's start on. */
export function detectSpans(spans: readonly StoredSpan[]): DetectSpan[] {
  const originNs = spans.reduce(
    (least, span) => (span.startNs < least ? span.startNs : least),
    spans[0]?.startNs ?? 0n,
  );
  return spans.map((span) => ({
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    service: span.service,
    name: span.name,
    kind: kinds[span.kind] ?? 0,
    scopeName: span.scopeName,
    startMs: Number(span.startNs - originNs) / 1e6,
    durationMs: span.durationNs / 1e6,
    isError: span.status === errorStatus,
    attributes: span.attributes,
  }));
}
