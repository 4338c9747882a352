import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../model/stages.ts';
import { writeAll } from './files.ts';
import type { JournalFiles } from './files.ts';
import { decodeRecord, encodeRequest, RECORD_BYTES } from './sidecar.ts';
import type { KeptRequest } from './sidecar.ts';

export interface KeptLimits {
  /** A generation is full with so many requests, or at this age. Two are known: the one being filled and the one before. */
  readonly requestsMax: number;
  readonly ageMaxMs: number;
}

export const KEPT_LIMITS: KeptLimits = { requestsMax: 50_000, ageMaxMs: 600_000 };

export interface KeptOptions {
  readonly directory: string;
  readonly files: JournalFiles;
  readonly log: Log;
  readonly now: () => number;
  readonly limits?: Partial<KeptLimits>;
}

const SUFFIX = '.seen';

/**
 * The requests kept lately, so that one that comes again, because its answer was lost, is not stored again. A request is known
 * from when its rows are durable: the sidecar of their segment names it, and before that is deleted, a file here does.
 */
export class KeptRequests {
  readonly #options: KeptOptions;
  readonly #limits: KeptLimits;
  #current = new Map<string, KeptRequest>();
  #currentSinceMs: number;
  #previous = new Map<string, KeptRequest>();
  #file: { readonly path: string; readonly sinceMs: number; bytes: number } | undefined;
  #paths: readonly string[] = [];
  #number = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: KeptOptions) {
    this.#options = options;
    this.#limits = { ...KEPT_LIMITS, ...options.limits };
    this.#currentSinceMs = options.now();
  }

  static async open(options: KeptOptions): Promise<KeptRequests> {
    const kept = new KeptRequests(options);
    await options.files.makeDirectory(options.directory);
    await kept.#load();
    return kept;
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  find(identity: string): KeptRequest | undefined {
    return this.#current.get(identity) ?? this.#previous.get(identity);
  }

  add(requests: readonly KeptRequest[]): void {
    const { now } = this.#options;
    for (const request of requests) {
      const isOld = now() - this.#currentSinceMs >= this.#limits.ageMaxMs;
      if (isOld || this.#current.size >= this.#limits.requestsMax) {
        this.#previous = this.#current;
        this.#current = new Map();
        this.#currentSinceMs = now();
      }
      this.#current.set(request.identity, request);
    }
  }

  /** On disk when it resolves. Should the disk refuse, a warning says so: then they may be stored again after a restart. */
  async persist(requests: readonly KeptRequest[]): Promise<void> {
    if (requests.length === 0) return;
    this.#work = this.#work.then(async () => {
      try {
        await this.#append(requests);
      } catch (error) {
        // What it wrote of them, if anything, may be torn: the next go to a file of their own.
        this.#file = undefined;
        this.#options.log.warn(
          { err: error, requests: requests.length },
          'requests could not be noted: should they be sent again after a restart, they are stored again',
        );
      }
    });
    await this.#work;
  }

  async #append(requests: readonly KeptRequest[]): Promise<void> {
    const { files, now } = this.#options;
    const { requestsMax, ageMaxMs } = this.#limits;
    const file = this.#file;
    const isFull =
      file !== undefined && (file.bytes >= requestsMax * RECORD_BYTES || now() - file.sinceMs >= ageMaxMs);
    if (file === undefined || isFull) this.#file = { path: await this.#newFile(), sinceMs: now(), bytes: 0 };
    const target = this.#file;
    if (target === undefined) return;
    const records = Buffer.concat(requests.map(encodeRequest));
    // Opened each time, once a segment: a file system that nobody writes to can be made read-only or go.
    const handle = await files.openExisting(target.path);
    try {
      await writeAll(handle, records, target.bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    target.bytes += records.length;
  }

  async #newFile(): Promise<string> {
    const { directory, files } = this.#options;
    this.#number += 1;
    const path = join(directory, `${String(this.#number).padStart(12, '0')}${SUFFIX}`);
    await (await files.create(path)).close();
    await files.syncDirectory(directory);
    const paths = [...this.#paths, path];
    const old = paths.slice(0, -2);
    this.#paths = paths.slice(-2);
    for (const each of old) await files.unlink(each).catch(() => undefined);
    return path;
  }

  /** Reads what is there into one file, so that many restarts do not make many. */
  async #load(): Promise<void> {
    const { directory, files, now } = this.#options;
    const names = (await files.list(directory)).filter((name) => name.endsWith(SUFFIX)).sort();
    if (names.length === 0) return;
    this.#number = Number.parseInt(names.at(-1) ?? '0', 10) || 0;
    this.#paths = names.map((name) => join(directory, name));
    const oldestSeconds = (now() - 2 * this.#limits.ageMaxMs) / 1000;
    const read: KeptRequest[] = [];
    for (const path of this.#paths) read.push(...recordsIn(await readFile(path)));
    const young = read.filter(({ receivedSeconds }) => receivedSeconds >= oldestSeconds);
    const known = young.slice(-2 * this.#limits.requestsMax);
    this.add(known);
    if (names.length === 1 && known.length === read.length) return;
    const old = this.#paths;
    this.#paths = [];
    await this.persist(known);
    this.#file = undefined;
    if (known.length > 0 && this.#paths.length === 0) this.#paths = old;
    else for (const path of old) await files.unlink(path).catch(() => undefined);
  }
}

function recordsIn(bytes: Buffer): readonly KeptRequest[] {
  const found: KeptRequest[] = [];
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    const record = decodeRecord(bytes, at);
    if (record?.kind === 'request') found.push(record);
  }
  return found;
}
