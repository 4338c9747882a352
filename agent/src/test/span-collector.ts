import { trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { DetectSpan } from '../detect/types.ts';
import { recordOf } from '../tracker/tracked-request.ts';

/** The spans of one recording, which is one trace. */
export interface Gathered {
  readonly spans: readonly DetectSpan[];
  /** Spans beyond the limit: seen and not kept. */
  readonly uncounted: number;
  /** Calls that had not ended when the recording was closed. */
  readonly unfinished: number;
}

export const RECORDING_SPANS_MAX = 50_000;
/** Work that outlives the recorded function is waited for this long, as the agent does with a request. */
export const LATE_SPANS_MS = 1_000;

// Taken at load: a test may put a fake clock in their place.
const { setTimeout, clearTimeout } = globalThis;

interface Recording {
  readonly spans: DetectSpan[];
  uncounted: number;
  open: number;
  whenQuiet: (() => void) | undefined;
}

/** Keeps the spans of the traces that are being recorded, after redaction; those of other traces are not looked at. */
export class SpanCollector implements SpanProcessor {
  readonly #service: string;
  readonly #spansMax: number;
  readonly #recordings = new Map<string, Recording>();

  constructor(service: string, spansMax = RECORDING_SPANS_MAX) {
    this.#service = service;
    this.#spansMax = spansMax;
  }

  open(traceId: string): void {
    this.#recordings.set(traceId, { spans: [], uncounted: 0, open: 1, whenQuiet: undefined });
  }

  /** Resolves once every span of the trace has ended, after `LATE_SPANS_MS` at the latest. */
  async close(traceId: string): Promise<Gathered> {
    const recording = this.#recordings.get(traceId);
    if (recording === undefined) return { spans: [], uncounted: 0, unfinished: 0 };
    if (recording.open > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LATE_SPANS_MS);
        recording.whenQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#recordings.delete(traceId);
    return { spans: recording.spans, uncounted: recording.uncounted, unfinished: recording.open };
  }

  onStart(span: Span, _parent: Context): void {
    const recording = this.#recordingOf(span);
    if (recording !== undefined) recording.open++;
  }

  onEnd(span: ReadableSpan): void {
    const recording = this.#recordingOf(span);
    if (recording === undefined) return;
    recording.open--;
    if (recording.spans.length < this.#spansMax) recording.spans.push(recordOf(span, this.#service));
    else recording.uncounted++;
    if (recording.open === 0) recording.whenQuiet?.();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  #recordingOf(span: ReadableSpan): Recording | undefined {
    const { traceId } = span.spanContext();
    return this.#recordings.size === 0 || !trace.isSpanContextValid(span.spanContext())
      ? undefined
      : this.#recordings.get(traceId);
  }
}
