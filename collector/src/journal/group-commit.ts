import type { Block, Schema } from '../model/block.ts';
import type { Log, Unavailable } from '../model/stages.ts';
import type { JournalLimits } from './journal.ts';
import type { TableStream } from './table-stream.ts';

export interface GroupCommitOptions {
  readonly tables: readonly Block<Schema>[];
  readonly streams: ReadonlyMap<string, TableStream>;
  readonly limits: JournalLimits;
  readonly now: () => number;
  readonly log: Log;
}

/** After a failed write nothing is tried, and everything refused, for so long. */
export const FAILURE_PAUSE_MS = 1000;
const CLOSE_CHECK_MS = 100;

type Waiter = (unavailable: Unavailable | undefined) => void;

/**
 * Many requests, one fsync: the rows of all that arrive within a few milliseconds are one block a table. One group is written at
 * a time; it is kept whole in every table or refused whole.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiters: Waiter[] = [];
  #pendingSinceMs = Number.POSITIVE_INFINITY;
  #writingSinceMs = Number.POSITIVE_INFINITY;
  #groupTimer: NodeJS.Timeout | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #failedUntilMs = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get openBytes(): number {
    let bytes = 0;
    for (const stream of this.#options.streams.values()) bytes += stream.openBytes;
    return bytes;
  }

  get oldestMs(): number {
    let oldest = Math.min(this.#pendingSinceMs, this.#writingSinceMs);
    for (const stream of this.#options.streams.values()) oldest = Math.min(oldest, stream.oldestMs);
    return oldest;
  }

  refusal(): Unavailable | undefined {
    return this.#options.now() < this.#failedUntilMs ? FAILED : undefined;
  }

  async commit(receivedMs: number): Promise<Unavailable | undefined> {
    this.#pendingSinceMs = Math.min(this.#pendingSinceMs, receivedMs);
    return await new Promise<Unavailable | undefined>((resolve) => {
      this.#waiters.push(resolve);
      if (this.#pendingBytes() >= this.#options.limits.groupBytesMax) this.#start();
      else this.#groupTimer ??= setTimeout(() => this.#start(), this.#options.limits.groupDelayMs);
    });
  }

  /** Writes what is pending and closes every open segment. */
  async rotateAll(): Promise<void> {
    this.#start();
    this.#enqueue(async () => await this.#rotate(() => true));
    await this.#work;
  }

  stop(): void {
    clearTimeout(this.#groupTimer);
    clearTimeout(this.#closeTimer);
  }

  #start(): void {
    clearTimeout(this.#groupTimer);
    this.#groupTimer = undefined;
    this.#enqueue(async () => await this.#writeGroup());
  }

  /** Jobs run one after another and never reject. */
  #enqueue(job: () => Promise<void>): void {
    this.#work = this.#work.then(job);
  }

  #pendingBytes(): number {
    let bytes = 0;
    for (const block of this.#options.tables) if (block.rows > 0) bytes += block.byteLength();
    return bytes;
  }

  async #writeGroup(): Promise<void> {
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.#waiters = [];
    const sinceMs = this.#pendingSinceMs;
    this.#writingSinceMs = sinceMs;
    this.#pendingSinceMs = Number.POSITIVE_INFINITY;
    const touched: TableStream[] = [];
    const appends: Promise<void>[] = [];
    for (const block of this.#options.tables) {
      const stream = this.#options.streams.get(block.table);
      if (block.rows === 0 || stream === undefined) continue;
      const rows = block.rows;
      const payload = block.encode();
      block.reset();
      touched.push(stream);
      appends.push(stream.append(payload, rows, sinceMs));
    }
    const results = await Promise.allSettled(appends);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) for (const stream of touched) stream.confirm();
    else await this.#retreat(touched, failure.reason);
    this.#writingSinceMs = Number.POSITIVE_INFINITY;
    for (const resolve of waiters) resolve(failure === undefined ? undefined : FAILED);
    await this.#rotate((stream) => stream.isDue);
    this.#armClosing();
  }

  /** What one table could write must not outlive what another could not: the sender sends both again. */
  async #retreat(touched: readonly TableStream[], reason: unknown): Promise<void> {
    this.#failedUntilMs = this.#options.now() + FAILURE_PAUSE_MS;
    this.#options.log.error({ err: reason }, 'the journal cannot be written: refusing until it can');
    for (const stream of touched) await stream.retreat();
  }

  async #rotate(isWanted: (stream: TableStream) => boolean): Promise<void> {
    for (const stream of this.#options.streams.values()) if (isWanted(stream)) await stream.rotate();
  }

  /** Looks after segments that nobody writes to any more. */
  #armClosing(): void {
    if (this.#closeTimer !== undefined) return;
    this.#closeTimer = setTimeout(() => {
      this.#closeTimer = undefined;
      this.#enqueue(async () => {
        await this.#rotate((stream) => stream.isDue);
        if (this.openBytes > 0) this.#armClosing();
      });
    }, CLOSE_CHECK_MS);
    this.#closeTimer.unref();
  }
}

const FAILED: Unavailable = { kind: 'unavailable', reason: 'journal_failed', retryAfterSeconds: 2 };
