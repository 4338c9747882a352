import type { ClosedSegment } from '../model/stages.ts';
import type { JournalFiles } from './files.ts';
import { closedSegment } from './closed-segment.ts';
import type { SegmentKeeper } from './closed-segment.ts';
import { SegmentFile } from './segment-file.ts';

export interface StreamOptions {
  readonly table: string;
  readonly columns: readonly string[];
  readonly directory: string;
  readonly files: JournalFiles;
  readonly segmentBytesMax: number;
  readonly segmentAgeMaxMs: number;
  readonly now: () => number;
  readonly keeper: SegmentKeeper;
}

/** The segments of one table: one is open for writing, the others are closed or could not be tidied up yet. */
export class TableStream {
  readonly #options: StreamOptions;
  #open: SegmentFile | undefined;
  #openedAtMs = 0;
  #firstReceivedMs = 0;
  /** Segments whose refused tail could not be cut off: kept from the engine until it can. */
  #stuck: { readonly file: SegmentFile; readonly firstReceivedMs: number }[] = [];
  static #sequence = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get openBytes(): number {
    let bytes = this.#open?.bytes ?? 0;
    for (const { file } of this.#stuck) bytes += file.bytes;
    return bytes;
  }

  /** Arrival of the oldest row that is not in a closed segment. */
  get oldestMs(): number {
    let oldest = this.#open === undefined ? Number.POSITIVE_INFINITY : this.#firstReceivedMs;
    for (const { firstReceivedMs } of this.#stuck) oldest = Math.min(oldest, firstReceivedMs);
    return oldest;
  }

  get isDue(): boolean {
    const open = this.#open;
    if (this.#stuck.length > 0) return true;
    if (open === undefined) return false;
    const { segmentAgeMaxMs, segmentBytesMax, now } = this.#options;
    return open.bytes >= segmentBytesMax || now() - this.#openedAtMs >= segmentAgeMaxMs;
  }

  async append(payload: Uint8Array, rows: number, receivedMs: number): Promise<void> {
    if (this.#open === undefined) {
      const { files, directory, table, now } = this.#options;
      const openedAtMs = now();
      const sequence = (TableStream.#sequence += 1);
      const name = `${String(openedAtMs).padStart(15, '0')}-${String(sequence).padStart(9, '0')}`;
      this.#open = await SegmentFile.create(files, { directory, table, name });
      this.#openedAtMs = openedAtMs;
      this.#firstReceivedMs = receivedMs;
    }
    await this.#open.append(payload, rows);
  }

  confirm(): void {
    this.#open?.confirm();
  }

  /** After a failure: takes back what was not confirmed and never writes to that file again. */
  async retreat(): Promise<void> {
    const file = this.#open;
    if (file === undefined) return;
    this.#open = undefined;
    this.#stuck.push({ file, firstReceivedMs: this.#firstReceivedMs });
    await this.#freeStuck();
  }

  /** Closes the open segment, and hands over what is ready. */
  async rotate(): Promise<void> {
    await this.#freeStuck();
    const file = this.#open;
    if (file === undefined) return;
    this.#open = undefined;
    await this.#handOver(file, this.#firstReceivedMs);
  }

  async #freeStuck(): Promise<void> {
    const waiting = this.#stuck;
    this.#stuck = [];
    for (const entry of waiting) {
      try {
        await entry.file.rollback();
        await this.#handOver(entry.file, entry.firstReceivedMs);
      } catch {
        this.#stuck.push(entry);
      }
    }
  }

  async #handOver(file: SegmentFile, firstReceivedMs: number): Promise<void> {
    const token = await file.close();
    const { files, keeper, columns } = this.#options;
    const { place, rows, bytes } = file;
    const segment: ClosedSegment = closedSegment({ files, keeper, columns }, place, {
      token,
      rows,
      bytes,
      firstReceivedMs,
    });
    if (rows === 0) await segment.remove();
    else keeper.deliver(segment);
  }
}
