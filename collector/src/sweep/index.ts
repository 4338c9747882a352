import { detect } from '@nightjar/agent/detect';
import type { StoredSpan } from '../storage/stored-span.ts';
import { explainTrace, type TraceExplanation } from './verdict.ts';

export { createSweep } from './sweep.ts';
export type { Sweep, SweepCursor, SweepEvent, SweepMetrics, SweepOptions } from './sweep.ts';

/** What the engine says of a trace's spans: every repeat with its verdict, and the counts of each request. */
export function judgeTrace(spans: readonly StoredSpan[]): TraceExplanation {
  return explainTrace(spans, detect);
}
