import type { ClosedSegment, Deliver, IngestMetrics, Log, Signal } from '../model/stages.ts';
import type { Storage } from '../storage/types.ts';
import { Pause } from './pause.ts';

export interface WriterOptions {
  readonly storage: Pick<Storage, 'insertSegment' | 'ping'>;
  readonly metrics: IngestMetrics;
  readonly log: Log;
  readonly limits?: Partial<WriterLimits>;
}

export interface WriterLimits {
  /** Inserts at one time, of different tables. */
  readonly insertsMax: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** A segment that a healthy engine has refused so often is put aside: it would hold up its table for ever. */
  readonly refusalsMax: number;
}

export const WRITER_LIMITS: WriterLimits = {
  insertsMax: 2,
  firstRetryMs: 200,
  lastRetryMs: 10_000,
  refusalsMax: 10,
};

export interface WriterStats {
  readonly waiting: number;
  readonly inserted: number;
  readonly failures: number;
  readonly rejected: number;
}

/** Closed segments -> engine: in order a table, again and again until it has them. Acceptance never waits for it. */
export interface Writer {
  readonly deliver: Deliver;
  stats(): WriterStats;
  /** Ends after the inserts that are under way. What waits stays in the journal. */
  stop(): Promise<void>;
}

export function createWriter(options: WriterOptions): Writer {
  return new SegmentWriter(options);
}

class SegmentWriter implements Writer {
  readonly #options: WriterOptions;
  readonly #limits: WriterLimits;
  /** Bounded by the journal's cap on bytes. */
  readonly #queues = new Map<string, ClosedSegment[]>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #pause = new Pause();
  #inserts = 0;
  #slotWaiters: (() => void)[] = [];
  #inserted = 0;
  #failures = 0;
  #rejected = 0;
  #isStopped = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#limits = { ...WRITER_LIMITS, ...options.limits };
  }

  readonly deliver: Deliver = (segment) => {
    const queue = this.#queues.get(segment.table) ?? [];
    this.#queues.set(segment.table, queue);
    queue.push(segment);
    if (this.#isStopped || this.#running.has(segment.table)) return;
    const run = this.#drain(queue).finally(() => this.#running.delete(segment.table));
    this.#running.set(segment.table, run);
  };

  stats(): WriterStats {
    let waiting = 0;
    for (const queue of this.#queues.values()) waiting += queue.length;
    return { waiting, inserted: this.#inserted, failures: this.#failures, rejected: this.#rejected };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause.end();
    await Promise.all(this.#running.values());
  }

  async #drain(queue: ClosedSegment[]): Promise<void> {
    for (let segment = queue[0]; segment !== undefined; segment = queue[0]) {
      if (!(await this.#settle(segment))) return;
      queue.shift();
    }
  }

  /** True when the segment is out of the way, false when the writer was stopped before. */
  async #settle(segment: ClosedSegment): Promise<boolean> {
    let delayMs = this.#limits.firstRetryMs;
    let refusals = 0;
    while (!this.#isStopped) {
      const failure = await this.#attempt(segment);
      if (failure === undefined) return true;
      if (await this.#isEngineHealthy()) refusals += 1;
      if (refusals >= this.#limits.refusalsMax) {
        await this.#reject(segment);
        return true;
      }
      await this.#pause.wait(delayMs);
      delayMs = Math.min(delayMs * 2, this.#limits.lastRetryMs);
    }
    return false;
  }

  async #attempt(segment: ClosedSegment): Promise<{ readonly reason: unknown } | undefined> {
    const { storage, metrics, log } = this.#options;
    const { table, path, columns, token, rows } = segment;
    await this.#takeSlot();
    try {
      await storage.insertSegment({ table, path, columns, token });
    } catch (error) {
      this.#failures += 1;
      metrics.insertFailed(table);
      log.warn({ err: error, table, rows }, 'insert failed: it is tried again');
      return { reason: error };
    } finally {
      this.#freeSlot();
    }
    this.#inserted += 1;
    metrics.stored(table, rows);
    await segment.remove().catch((error: unknown) => {
      log.warn(
        { err: error, path },
        'a stored segment could not be deleted: it is inserted again, once, at the next start',
      );
    });
    return undefined;
  }

  async #isEngineHealthy(): Promise<boolean> {
    return await this.#options.storage.ping().catch(() => false);
  }

  async #reject(segment: ClosedSegment): Promise<void> {
    const { table, path, rows } = segment;
    this.#rejected += 1;
    this.#options.metrics.dropped(SIGNALS.get(table) ?? 'traces', 'rejected_by_engine', rows);
    this.#options.log.error(
      { table, path, rows },
      'the engine refuses a segment for good: it is put aside as *.rejected',
    );
    await segment.reject().catch((error: unknown) => {
      this.#options.log.error({ err: error, path }, 'a refused segment could not be put aside');
    });
  }

  async #takeSlot(): Promise<void> {
    while (this.#inserts >= this.#limits.insertsMax) {
      await new Promise<void>((resolve) => this.#slotWaiters.push(resolve));
    }
    this.#inserts += 1;
  }

  #freeSlot(): void {
    this.#inserts -= 1;
    this.#slotWaiters.shift()?.();
  }
}

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['spans', 'traces'],
  ['resources', 'traces'],
  ['logs', 'logs'],
  ['metric_points', 'metrics'],
]);
