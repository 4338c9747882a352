import type { ClosedSegment, IngestMetrics } from '../model/stages.ts';

/** Closed segments that the engine does not have yet. Bounded by the journal's cap on bytes. */
export class Outstanding {
  readonly #segments = new Set<ClosedSegment>();
  readonly #metrics: IngestMetrics;
  #waiting: (() => void)[] = [];
  bytes = 0;

  constructor(metrics: IngestMetrics) {
    this.#metrics = metrics;
  }

  get oldestMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const segment of this.#segments) oldest = Math.min(oldest, segment.firstReceivedMs);
    return oldest;
  }

  add(segment: ClosedSegment): void {
    this.#segments.add(segment);
    this.bytes += segment.bytes;
    this.#metrics.journalBytes(this.bytes);
  }

  delete(segment: ClosedSegment): void {
    if (!this.#segments.delete(segment)) return;
    this.bytes -= segment.bytes;
    this.#metrics.journalBytes(this.bytes);
    if (this.#segments.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async whenEmpty(timeoutMs: number): Promise<boolean> {
    if (this.#segments.size === 0) return true;
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
