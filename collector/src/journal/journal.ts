import { join } from 'node:path';
import type { ClosedSegment, Deliver, IngestMetrics, Log, RowStore, Unavailable } from '../model/stages.ts';
import { createBlocks } from '../model/tables.ts';
import { closedSegment } from './closed-segment.ts';
import type { SegmentKeeper } from './closed-segment.ts';
import { nodeFiles } from './files.ts';
import type { JournalFiles } from './files.ts';
import { GroupCommit } from './group-commit.ts';
import { KeptRequests } from './kept-requests.ts';
import { Outstanding } from './outstanding.ts';
import { recoverTable } from './recovery.ts';
import type { Losses } from './recovery.ts';
import type { KeptRequest } from './sidecar.ts';
import { TableStream } from './table-stream.ts';

export interface JournalLimits {
  /** Journal bytes on disk; then everything is refused until the engine has caught up. */
  readonly bytesMax: number;
  readonly segmentBytesMax: number;
  readonly segmentAgeMaxMs: number;
  /** A group is written this long after its first row, or as soon as it has so many bytes. */
  readonly groupDelayMs: number;
  readonly groupBytesMax: number;
}

export const JOURNAL_LIMITS: JournalLimits = {
  bytesMax: 4 * 1024 * 1024 * 1024,
  segmentBytesMax: 8 * 1024 * 1024,
  segmentAgeMaxMs: 1000,
  groupDelayMs: 5,
  groupBytesMax: 1024 * 1024,
};

export interface JournalOptions {
  readonly directory: string;
  /** Gets every segment that is closed, oldest first a table; at start those that were left over. */
  readonly deliver: Deliver;
  readonly metrics: IngestMetrics;
  readonly log: Log;
  readonly limits?: Partial<JournalLimits>;
  readonly now?: () => number;
  readonly files?: JournalFiles;
}

/**
 * Keeps what was acknowledged: a row is on disk before its sender hears of it, and stays there until the engine has it.
 */
export interface Journal extends RowStore {
  /** Closes the open segments and waits until the engine has everything; false when it has not within the time. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Everything received up to this moment is in the engine. */
  watermarkMs(): number;
  readonly bytes: number;
  /** Records with acknowledged data that could not be read back when this journal was opened. */
  readonly rottenRecords: number;
  /** The request that was kept before under this identity, as far back as is known. */
  kept(identity: string): KeptRequest | undefined;
  /** Refuses from now on, flushes for at most `timeoutMs`; what is left then is delivered at the next start. */
  close(timeoutMs: number): Promise<boolean>;
}

export async function openJournal(options: JournalOptions): Promise<Journal> {
  const files = options.files ?? nodeFiles;
  const now = options.now ?? Date.now;
  const limits: JournalLimits = { ...JOURNAL_LIMITS, ...options.limits };
  const blocks = createBlocks();
  const tables = [blocks.resources, blocks.spans, blocks.logs, blocks.metric_points];
  const outstanding = new Outstanding(options.metrics);
  const seen = join(options.directory, 'requests');
  const kept = await KeptRequests.open({ directory: seen, files, log: options.log, now });
  const left: ClosedSegment[] = [];
  const losses: Losses = { rotten: 0, torn: 0 };
  const keeper: SegmentKeeper = {
    deliver(segment) {
      outstanding.add(segment);
      options.deliver(segment);
    },
    settled: (segment) => outstanding.delete(segment),
    remember: async (requests) => await kept.persist(requests),
  };
  const streams = new Map<string, TableStream>();
  for (const block of tables) {
    const directory = join(options.directory, block.table);
    await files.makeDirectory(directory);
    const table = { directory, table: block.table };
    for (const { place, ...content } of await recoverTable(files, table, losses)) {
      const firstReceivedMs = Number.parseInt(place.name, 10);
      kept.add(content.requests);
      left.push(
        closedSegment({ files, keeper, columns: block.names }, place, { ...content, firstReceivedMs }),
      );
    }
    const { segmentAgeMaxMs, segmentBytesMax } = limits;
    const stream = { ...table, columns: block.names, files, segmentAgeMaxMs, segmentBytesMax, now, keeper };
    streams.set(block.table, new TableStream(stream));
  }
  reportRecovery(options, left.length, losses);
  for (const segment of left) keeper.deliver(segment);
  const group = new GroupCommit({ tables, streams, kept, limits, now, log: options.log });
  return new SegmentJournal({ blocks, group, outstanding, kept, limits, now, rotten: losses.rotten });
}

function reportRecovery(options: JournalOptions, segments: number, losses: Losses): void {
  if (losses.torn > 0) options.metrics.journalLost('torn', losses.torn);
  if (losses.rotten > 0) {
    options.metrics.journalLost('rotten', losses.rotten);
    options.log.error({ ...losses }, 'the journal had rotten records: they are lost');
  }
  if (segments > 0)
    options.log.info({ segments, ...losses }, 'segments left in the journal are delivered again');
}

interface Parts {
  readonly blocks: RowStore['blocks'];
  readonly group: GroupCommit;
  readonly outstanding: Outstanding;
  readonly kept: KeptRequests;
  readonly rotten: number;
  readonly limits: JournalLimits;
  readonly now: () => number;
}

const FULL_RETRY_SECONDS = 5;

class SegmentJournal implements Journal {
  readonly blocks: RowStore['blocks'];
  readonly #parts: Parts;
  #isClosing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.blocks = parts.blocks;
  }

  get bytes(): number {
    return this.#parts.outstanding.bytes + this.#parts.group.openBytes;
  }

  refusal(): Unavailable | undefined {
    if (this.#isClosing) return { kind: 'unavailable', reason: 'closing', retryAfterSeconds: 1 };
    if (this.bytes >= this.#parts.limits.bytesMax) {
      return { kind: 'unavailable', reason: 'journal_full', retryAfterSeconds: FULL_RETRY_SECONDS };
    }
    return this.#parts.group.refusal();
  }

  get rottenRecords(): number {
    return this.#parts.rotten;
  }

  kept(identity: string): KeptRequest | undefined {
    return this.#parts.kept.find(identity);
  }

  async commit(receivedMs: number, identity?: string): Promise<Unavailable | undefined> {
    return await this.#parts.group.commit(receivedMs, identity);
  }

  async flush(timeoutMs: number): Promise<boolean> {
    await this.#parts.group.rotateAll();
    return await this.#parts.outstanding.whenEmpty(timeoutMs);
  }

  watermarkMs(): number {
    const { group, outstanding, now } = this.#parts;
    return Math.min(now(), group.oldestMs - 1, outstanding.oldestMs - 1);
  }

  async close(timeoutMs: number): Promise<boolean> {
    this.#isClosing = true;
    const isEmpty = await this.flush(timeoutMs);
    this.#parts.group.stop();
    return isEmpty;
  }
}
