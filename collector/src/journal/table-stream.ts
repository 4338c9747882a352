import type { JournalFiles } from './files.ts';
import { closedSegment } from './closed-segment.ts';
import type { SegmentKeeper } from './closed-segment.ts';
import { SegmentFile } from './segment-file.ts';
import type { Part } from './segment-file.ts';

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

interface Finished {
  readonly file: SegmentFile;
  readonly firstReceivedMs: number;
  /** Its tail was refused to the senders and has to be cut off first: until then the engine must not see it. */
  readonly hasRefusedTail: boolean;
}

/** The segments of one table: one is open for writing; finished ones are closed and handed over, again and again if need be. */
export class TableStream {
  readonly #options: StreamOptions;
  #open: SegmentFile | undefined;
  #openedAtMs = 0;
  #firstReceivedMs = 0;
  #finished: readonly Finished[] = [];
  #sequence = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get openBytes(): number {
    let bytes = this.#open?.bytes ?? 0;
    for (const { file } of this.#finished) bytes += file.bytes;
    return bytes;
  }

  /** Arrival of the oldest row that was not handed over. */
  get oldestMs(): number {
    let oldest = this.#open === undefined ? Number.POSITIVE_INFINITY : this.#firstReceivedMs;
    for (const { firstReceivedMs } of this.#finished) oldest = Math.min(oldest, firstReceivedMs);
    return oldest;
  }

  get isDue(): boolean {
    const open = this.#open;
    if (this.#finished.length > 0) return true;
    if (open === undefined) return false;
    const { segmentAgeMaxMs, segmentBytesMax, now } = this.#options;
    const ageMs = now() - this.#openedAtMs;
    // Younger than nothing: the clock was set back, and might take an hour to come here again.
    return open.bytes >= segmentBytesMax || ageMs >= segmentAgeMaxMs || ageMs < 0;
  }

  async append(part: Part, receivedMs: number): Promise<void> {
    if (this.#open === undefined) {
      const { files, directory, table, now } = this.#options;
      this.#openedAtMs = now();
      this.#firstReceivedMs = receivedMs;
      this.#sequence += 1;
      const name = `${String(this.#openedAtMs).padStart(15, '0')}-${String(this.#sequence).padStart(9, '0')}`;
      this.#open = await SegmentFile.create(files, { directory, table, name });
    }
    await this.#open.append(part);
  }

  confirm(): void {
    this.#open?.confirm();
  }

  /** After a failure: takes back what was not confirmed and never writes to that file again. */
  async retreat(): Promise<void> {
    this.#finish(true);
    await this.#handOverAll();
  }

  /** Closes the open segment, and hands over what is ready. */
  async rotate(): Promise<void> {
    this.#finish(false);
    await this.#handOverAll();
  }

  #finish(hasRefusedTail: boolean): void {
    const file = this.#open;
    if (file === undefined) return;
    this.#open = undefined;
    this.#finished = [...this.#finished, { file, firstReceivedMs: this.#firstReceivedMs, hasRefusedTail }];
  }

  async #handOverAll(): Promise<void> {
    for (const finished of this.#finished) {
      try {
        if (finished.hasRefusedTail) await finished.file.rollback();
      } catch {
        // The disk still fails: tried again at the next rotation.
        continue;
      }
      await this.#handOver(finished);
      this.#finished = this.#finished.filter((other) => other !== finished);
    }
  }

  async #handOver({ file, firstReceivedMs }: Finished): Promise<void> {
    const token = await file.close();
    const { files, keeper, columns } = this.#options;
    const { place, rows, bytes, requests } = file;
    const content = { token, rows, bytes, firstReceivedMs, requests };
    const segment = closedSegment({ files, keeper, columns }, place, content);
    // Nothing of it was confirmed. Should the files stay, the next start finds them empty.
    if (rows === 0) await segment.remove().catch(() => undefined);
    else keeper.deliver(segment);
  }
}
