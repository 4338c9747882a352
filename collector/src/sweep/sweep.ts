import type { Storage } from '../storage/types.ts';
import { batches, tracesOf } from './batches.ts';
import { candidatePages, candidatesOf, idsPerPage, lookBackS } from './candidate-pages.ts';
import { callersQuery, choose, rootPatienceS } from './candidates.ts';
import type { ArrivalWindow, Candidate } from './candidates.ts';
import { Judged, Waiting } from './memory.ts';
import { countRows, findingRows, tokenOf, type Row } from './rows.ts';
import { spansPerTraceMax, standingQuery, tracesQuery } from './stored-trace.ts';
import { judgeSpans, type Detect, type TraceVerdict } from './verdict.ts';

/** How far the sweep has come: epoch milliseconds of arrival. Kept through restarts. */
export interface SweepCursor {
  load(): Promise<bigint | undefined>;
  save(cursor: bigint): Promise<void>;
}

export interface SweepMetrics {
  passed(milliseconds: number): void;
  counted(event: SweepEvent, by: number): void;
  lagging(milliseconds: number): void;
}
export type SweepEvent =
  | 'judged'
  | 'nothing'
  | 'waiting'
  | 'waiting_overflow'
  | 'findings'
  | 'requests'
  | 'unreadable'
  | 'cut'
  | 'failed';

export interface SweepOptions {
  readonly storage: Storage;
  readonly detect: Detect;
  readonly cursor: SweepCursor;
  readonly now: () => number;
  readonly metrics: SweepMetrics;
  readonly log: { error(facts: object, message: string): void };
  /** A trace is judged when nothing of it arrived for so long. */
  readonly quietMs?: number;
  /** Everything received before this is queryable: the sweep never looks past it. */
  readonly watermarkMs?: () => number;
  /** Looks so far back behind the cursor each time: where other collectors write as well, their rows may appear late. */
  readonly overlapMs?: number;
}

export interface Sweep {
  /** Sweeps everything that has gone quiet. Rejects when the storage does; the same arrivals are swept again then. */
  runOnce(): Promise<void>;
  start(): void;
  /** Resolves when a pass under way has ended. */
  stop(): Promise<void>;
}

const figures = {
  quietMs: 2_000,
  intervalMs: 2_000,
  /** Without a cursor: how far back to begin. */
  firstLookMs: 900_000,
  /** One window of arrivals. After a pause, several are swept in turn. */
  windowS: 30,
  windowsPerPass: 60,
  waitingMax: 50_000,
  judgedMax: 50_000,
  callersMaxAgeMs: 60_000,
} as const;

/**
 * Judges stored traces that have gone quiet: findings and per-request counts are written back. Everything it knows is in the
 * tables; verdicts carry the number of spans they rest on, so that any collector may sweep, again and in any order.
 */
export function createSweep(options: SweepOptions): Sweep {
  const pass = new Pass(options);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = true;
  const runOnce = async (): Promise<void> => {
    running = running.catch(() => undefined).then(async () => await pass.run());
    await running;
  };
  const tick = async (): Promise<void> => {
    try {
      await runOnce();
    } catch (error) {
      options.metrics.counted('failed', 1);
      options.log.error({ err: error }, 'sweep failed, trying again');
    }
    if (isStopped) return;
    timer = setTimeout(() => void tick(), figures.intervalMs);
    timer.unref();
  };
  return {
    runOnce,
    start() {
      if (!isStopped) return;
      isStopped = false;
      pass.setStopping(false);
      timer = setTimeout(() => void tick(), figures.intervalMs);
      timer.unref();
    },
    async stop() {
      isStopped = true;
      pass.setStopping(true);
      clearTimeout(timer);
      await running.catch(() => undefined);
    },
  };
}

class Pass {
  readonly #options: SweepOptions;
  readonly #waiting = new Waiting(figures.waitingMax);
  readonly #judged = new Judged(figures.judgedMax);
  #callers: ReadonlySet<string> = new Set();
  #callersAtMs = Number.NEGATIVE_INFINITY;
  #doneS: number | undefined;
  /** Where the first pass ended. */
  #bornS: number | undefined;
  #isStopping = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  setStopping(isStopping: boolean): void {
    this.#isStopping = isStopping;
  }

  async run(): Promise<void> {
    const { now, quietMs = figures.quietMs, watermarkMs, metrics } = this.#options;
    const startedMs = now();
    const untilMs = Math.min(startedMs - quietMs, watermarkMs?.() ?? Number.POSITIVE_INFINITY);
    const untilS = Math.floor(untilMs / 1_000);
    this.#bornS ??= untilS;
    this.#doneS ??= await this.#loadCursor(untilS);
    await this.#readCallers(startedMs);
    for (let windows = 0; windows < figures.windowsPerPass; windows += 1) {
      if (this.#doneS >= untilS || this.#isStopping) break;
      const toS = Math.min(untilS, this.#doneS + figures.windowS);
      const overlapS = Math.ceil((this.#options.overlapMs ?? 0) / 1_000);
      await this.#sweepWindow({ fromS: this.#doneS - overlapS, toS });
      // Stopped in the middle of a window: it is swept again, to the same effect.
      if (this.#isStopping) return;
      this.#doneS = toS;
      await this.#saveCursor();
    }
    await this.#sweepWaiting({ fromS: this.#doneS, toS: this.#doneS });
    metrics.passed(now() - startedMs);
    metrics.lagging(Math.max(0, startedMs - this.#doneS * 1_000));
  }

  async #loadCursor(untilS: number): Promise<number> {
    const saved = await this.#options.cursor.load();
    const cursor = saved === undefined ? untilS - figures.firstLookMs / 1_000 : Number(saved / 1_000n);
    // A clock set back must not stop the sweep.
    return Math.min(cursor, untilS);
  }

  /** Never past a trace that is still waited for: that is known in this process only. */
  async #saveCursor(): Promise<void> {
    const doneS = Math.min(this.#doneS ?? 0, this.#waiting.oldestS() ?? Number.POSITIVE_INFINITY);
    await this.#options.cursor.save(BigInt(doneS) * 1_000n);
  }

  async #readCallers(nowMs: number): Promise<void> {
    if (nowMs - this.#callersAtMs < figures.callersMaxAgeMs) return;
    const fromS = Math.floor(nowMs / 1_000) - lookBackS;
    const rows = await this.#options.storage.query(callersQuery, { fromS });
    this.#callers = new Set(rows.map((row) => row.service));
    this.#callersAtMs = nowMs;
  }

  async #sweepWindow(window: ArrivalWindow): Promise<void> {
    for await (const page of candidatePages(this.#options.storage, window)) {
      await this.#sweepCandidates(page, window);
      if (this.#isStopping) return;
    }
  }

  async #sweepWaiting(window: ArrivalWindow): Promise<void> {
    for (;;) {
      const traceIds = this.#waiting.due(window.toS, idsPerPage);
      if (traceIds.length === 0 || this.#isStopping) return;
      for (const traceId of traceIds) this.#waiting.remove(traceId);
      for await (const page of candidatesOf(this.#options.storage, traceIds, window))
        await this.#sweepCandidates(page, window);
    }
  }

  async #sweepCandidates(candidates: readonly Candidate[], window: ArrivalWindow): Promise<void> {
    const { metrics } = this.#options;
    const chosen: Candidate[] = [];
    for (const candidate of candidates) {
      const choice = choose(candidate, window, this.#callers);
      if (choice === 'nothing') metrics.counted('nothing', 1);
      if (choice === 'wait' && !this.#wait(candidate)) chosen.push(candidate);
      if (choice === 'judge' && !this.#judged.isSame(candidate.traceId, candidate.spans))
        chosen.push(candidate);
    }
    for (const batch of batches(chosen)) {
      if (this.#isStopping) return;
      await this.#judge(batch, window);
    }
  }

  /** False when the trace has to be judged as it is. */
  #wait(candidate: Candidate): boolean {
    const { metrics } = this.#options;
    const until = { dueS: candidate.lastS + rootPatienceS, sinceS: candidate.firstS };
    const isWaiting = this.#waiting.add(candidate.traceId, until);
    metrics.counted(isWaiting ? 'waiting' : 'waiting_overflow', 1);
    return isWaiting;
  }

  async #judge(batch: readonly Candidate[], window: ArrivalWindow): Promise<void> {
    const { storage, detect, metrics } = this.#options;
    const traceIds = batch.map((candidate) => candidate.traceId);
    const sinceS = batch.reduce((least, { startS }) => Math.min(least, startS), window.fromS);
    const known = batch.filter((candidate) => this.#mayStand(candidate, window));
    const [spans, standing] = await Promise.all([
      storage.query(tracesQuery, { traceIds, sinceS }),
      known.length === 0
        ? []
        : storage.query(standingQuery, { traceIds: known.map(({ traceId }) => traceId), sinceS }),
    ]);
    const candidateOf = new Map(batch.map((candidate) => [candidate.traceId, candidate]));
    const verdicts: TraceVerdict[] = [];
    for (const trace of tracesOf(spans)) {
      if (trace.length >= spansPerTraceMax) metrics.counted('cut', 1);
      const verdict = judgeSpans(trace, detect);
      const candidate = candidateOf.get(verdict.traceId);
      verdicts.push(candidate === undefined ? verdict : this.#withoutOpen(verdict, { candidate, window }));
      // A batch of traces may hold the event loop for long: let requests in between.
      await new Promise(setImmediate);
    }
    await this.#write('findings', findingRows(verdicts, standing));
    await this.#write('request_queries', countRows(verdicts, this.#callers));
    for (const verdict of verdicts) {
      const candidate = candidateOf.get(verdict.traceId);
      // A trace that is waited for is judged again with the same spans.
      const isFinal = candidate !== undefined && !this.#waiting.has(verdict.traceId);
      if (isFinal) this.#judged.note(verdict.traceId, candidate.spans);
      metrics.counted('unreadable', verdict.unreadable);
    }
    metrics.counted('judged', verdicts.length);
  }

  /** A trace of which nothing arrived before the window was not judged before, unless before this process began. */
  #mayStand(candidate: Candidate, window: ArrivalWindow): boolean {
    if (window.fromS < (this.#bornS ?? 0) || candidate.firstS < window.fromS) return true;
    return this.#judged.has(candidate.traceId);
  }

  /** Requests whose own span has not come are left out while it may still come. */
  #withoutOpen(
    verdict: TraceVerdict,
    { candidate, window }: { readonly candidate: Candidate; readonly window: ArrivalWindow },
  ): TraceVerdict {
    const closed = verdict.scopes.filter((scope) => scope.root !== undefined);
    if (closed.length === verdict.scopes.length) return verdict;
    if (window.toS - candidate.lastS >= rootPatienceS || !this.#wait(candidate)) return verdict;
    return { ...verdict, scopes: closed };
  }

  async #write(table: 'findings' | 'request_queries', rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#options.storage.insertRows(table, rows, tokenOf(table, rows));
    this.#options.metrics.counted(table === 'findings' ? 'findings' : 'requests', rows.length);
  }
}
