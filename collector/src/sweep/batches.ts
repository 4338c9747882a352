import { byTime } from '../storage/stored-span.ts';
import type { Candidate } from './candidates.ts';
import { spansPerTraceMax, type SweptSpan } from './stored-trace.ts';

export const batchLimits = { traces: 2_000, spans: 20_000 } as const;

/** Traces that are read and judged together: few enough to be held at one time. */
export function batches(chosen: readonly Candidate[]): Candidate[][] {
  const made: Candidate[][] = [];
  let batch: Candidate[] = [];
  let spans = 0;
  for (const candidate of chosen) {
    const size = Math.min(candidate.spans, spansPerTraceMax);
    if (batch.length >= batchLimits.traces || (batch.length > 0 && spans + size > batchLimits.spans)) {
      made.push(batch);
      batch = [];
      spans = 0;
    }
    batch.push(candidate);
    spans += size;
  }
  return batch.length === 0 ? made : [...made, batch];
}

/** Spans as they were read, trace by trace, each in the order of time. */
export function tracesOf(spans: readonly SweptSpan[]): SweptSpan[][] {
  const traces = new Map<string, SweptSpan[]>();
  for (const span of spans) {
    const trace = traces.get(span.traceId);
    if (trace === undefined) traces.set(span.traceId, [span]);
    else trace.push(span);
  }
  return [...traces.values()].map((trace) => trace.toSorted(byTime));
}
