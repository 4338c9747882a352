import type { Block, Schema } from '../model/block.ts';
import type { Log, Unavailable } from '../model/stages.ts';
import type { JournalLimits } from './journal.ts';
import type { KeptRequests } from './kept-requests.ts';
import type { Part } from './segment-file.ts';
import type { KeptRequest } from './sidecar.ts';
import type { TableStream } from './table-stream.ts';

export interface GroupCommitOptions {
  /** The first holds what the rows of the others refer to. */
  readonly tables: readonly Block<Schema>[];
  readonly streams: ReadonlyMap<string, TableStream>;
  readonly kept: KeptRequests;
  readonly limits: JournalLimits;
  readonly now: () => number;
  readonly log: Log;
}

/** After a failed write nothing is tried, and everything refused, for so long. */
export const FAILURE_PAUSE_MS = 1000;
const CLOSE_CHECK_MS = 100;

type Waiter = (unavailable: Unavailable | undefined) => void;

interface Append {
  readonly stream: TableStream;
  readonly part: Part;
}

/**
 * Many requests, one fsync: the rows of all that arrive within a few milliseconds are one block a table. One group is written at
 * a time; it is kept whole in every table or refused whole.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiters: Waiter[] = [];
  /** Requests of the pending group, by the table that has their rows. */
  #requests = new Map<string, KeptRequest[]>();
  /** Rows of each table up to the last request. */
  #rowsSeen: readonly number[];
  #pendingSinceMs = Number.POSITIVE_INFINITY;
  #writingSinceMs = Number.POSITIVE_INFINITY;
  #groupTimer: NodeJS.Timeout | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #failedUntilMs = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#rowsSeen = options.tables.map(() => 0);
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
    const leftMs = this.#failedUntilMs - this.#options.now();
    // More than the whole pause is left only if the clock was set back.
    return leftMs > 0 && leftMs <= FAILURE_PAUSE_MS ? FAILED : undefined;
  }

  async commit(receivedMs: number, identity: string | undefined): Promise<Unavailable | undefined> {
    this.#note(receivedMs, identity);
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

  /** A request is kept with its rows, which are in the last table that has grown: the first alone is none of its own. */
  #note(receivedMs: number, identity: string | undefined): void {
    const { tables } = this.#options;
    const grown = tables.findLastIndex((block, i) => block.rows > (this.#rowsSeen[i] ?? 0));
    const table = tables[grown];
    if (identity !== undefined && grown > 0 && table !== undefined) {
      const rows = table.rows - (this.#rowsSeen[grown] ?? 0);
      const request = { identity, rows, receivedSeconds: Math.floor(receivedMs / 1000) };
      const requests = this.#requests.get(table.table);
      if (requests === undefined) this.#requests.set(table.table, [request]);
      else requests.push(request);
    }
    this.#rowsSeen = tables.map((block) => block.rows);
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
    const appends = this.#takeGroup();
    const failure = await appendAll(appends, sinceMs);
    const touched = appends.map(({ stream }) => stream);
    if (failure === undefined) {
      for (const stream of touched) stream.confirm();
      for (const { part } of appends) this.#options.kept.add(part.requests);
    } else await this.#retreat(touched, failure.reason);
    this.#writingSinceMs = Number.POSITIVE_INFINITY;
    for (const resolve of waiters) resolve(failure === undefined ? undefined : FAILED);
    await this.#rotate((stream) => stream.isDue);
    this.#armClosing();
  }

  #takeGroup(): readonly Append[] {
    const appends: Append[] = [];
    for (const block of this.#options.tables) {
      const stream = this.#options.streams.get(block.table);
      if (block.rows === 0 || stream === undefined) continue;
      const requests = this.#requests.get(block.table) ?? [];
      const rows = block.rows;
      appends.push({ stream, part: { payload: block.encode(), rows, requests } });
      block.reset();
    }
    this.#requests = new Map();
    this.#rowsSeen = this.#options.tables.map(() => 0);
    return appends;
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

/**
 * What names no request first, and alone: a request that is known after a crash has all its rows, those it shares with others
 * too.
 */
async function appendAll(
  appends: readonly Append[],
  receivedMs: number,
): Promise<PromiseRejectedResult | undefined> {
  for (const hasRequests of [false, true]) {
    const now = appends.filter(({ part }) => part.requests.length > 0 === hasRequests);
    const results = await Promise.allSettled(
      now.map(async ({ stream, part }) => await stream.append(part, receivedMs)),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const FAILED: Unavailable = { kind: 'unavailable', reason: 'journal_failed', retryAfterSeconds: 2 };
