import type { Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { writeAll } from './files.ts';
import type { JournalFile, JournalFiles } from './files.ts';
import { encodeBlock, encodeClose, encodeRequest, RECORD_BYTES } from './sidecar.ts';
import type { KeptRequest } from './sidecar.ts';
import { tokenHash, tokenOf } from './token.ts';

export const DATA_SUFFIX = '.native';
export const SIDECAR_SUFFIX = '.idx';

export interface SegmentPlace {
  readonly directory: string;
  readonly table: string;
  readonly name: string;
}

/** A block and the requests that all its rows came with. */
export interface Part {
  readonly payload: Uint8Array;
  readonly rows: number;
  readonly requests: readonly KeptRequest[];
}

/**
 * A segment being written. `append` makes a block durable; only `confirm` makes it count. Until then `rollback` can take it
 * back, so that what was refused to its sender does not come out of the journal later.
 */
export class SegmentFile {
  readonly place: SegmentPlace;
  readonly path: string;
  bytes = 0;
  rows = 0;
  blocks = 0;
  readonly requests: KeptRequest[] = [];
  readonly #data: JournalFile;
  readonly #sidecar: JournalFile;
  readonly #hash: Hash;
  #pending: Part | undefined;

  constructor(place: SegmentPlace, data: JournalFile, sidecar: JournalFile) {
    this.place = place;
    this.path = dataPath(place);
    this.#data = data;
    this.#sidecar = sidecar;
    this.#hash = tokenHash(place.table, place.name);
  }

  static async create(files: JournalFiles, place: SegmentPlace): Promise<SegmentFile> {
    const data = await files.create(dataPath(place));
    try {
      const sidecar = await files.create(sidecarPath(place));
      await files.syncDirectory(place.directory);
      return new SegmentFile(place, data, sidecar);
    } catch (error) {
      await data.close().catch(() => undefined);
      // Both are empty; what cannot be deleted now is found empty and deleted at the next start.
      await files.unlink(dataPath(place)).catch(() => undefined);
      await files.unlink(sidecarPath(place)).catch(() => undefined);
      throw error;
    }
  }

  async append(part: Part): Promise<void> {
    this.#pending = part;
    const { payload, rows, requests } = part;
    const block = encodeBlock({ rows, offset: this.bytes, length: payload.length, crc: crc32(payload) });
    // In one write with the block's own record: a request is known exactly when its rows are kept.
    const records = Buffer.concat([...requests.map(encodeRequest), block]);
    await both(
      writeAll(this.#data, payload, this.bytes),
      writeAll(this.#sidecar, records, this.#sidecarBytes),
    );
    await both(this.#data.datasync(), this.#sidecar.datasync());
  }

  confirm(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#hash.update(pending.payload);
    this.bytes += pending.payload.length;
    this.rows += pending.rows;
    this.blocks += 1;
    this.requests.push(...pending.requests);
    this.#pending = undefined;
  }

  async rollback(): Promise<void> {
    await this.#sidecar.truncate(this.#sidecarBytes);
    await this.#data.truncate(this.bytes);
    await both(this.#data.datasync(), this.#sidecar.datasync());
    this.#pending = undefined;
  }

  /** Its bytes can no longer change. The closing record saves nothing that could not be worked out again: it may fail. */
  async close(): Promise<string> {
    const token = tokenOf(this.#hash);
    await writeAll(this.#sidecar, encodeClose(token, this.blocks), this.#sidecarBytes).catch(() => undefined);
    await this.abandon();
    return token;
  }

  get #sidecarBytes(): number {
    return (this.blocks + this.requests.length) * RECORD_BYTES;
  }

  async abandon(): Promise<void> {
    await this.#data.close().catch(() => undefined);
    await this.#sidecar.close().catch(() => undefined);
  }
}

/** Both have ended, well or not, before a failure is told: nothing still writes while it is mended. */
async function both(left: Promise<void>, right: Promise<void>): Promise<void> {
  const [first, second] = await Promise.allSettled([left, right]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
}

export function dataPath(place: SegmentPlace): string {
  return `${place.directory}/${place.name}${DATA_SUFFIX}`;
}

export function sidecarPath(place: SegmentPlace): string {
  return `${place.directory}/${place.name}${SIDECAR_SUFFIX}`;
}
