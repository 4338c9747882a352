import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JournalFile, JournalFiles } from '../../../collector/src/journal/files.ts';

const PAGE_BYTES = 4096;

interface Inode {
  /** As programs see it, and as it is on the platter. */
  now: Buffer;
  durable: Buffer;
}

/**
 * A disk with a write cache that power can be taken from: bytes are safe only after `datasync` of their file, names only after
 * `syncDirectory`. Of what is not safe, any page may have got there and any other not.
 */
export class VolatileDisk {
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  isOff = false;

  readonly files: JournalFiles = {
    create: async (path) => {
      this.#check();
      const inode = { now: Buffer.alloc(0), durable: Buffer.alloc(0) };
      this.#names.set(path, inode);
      return await Promise.resolve(this.#file(inode));
    },
    openExisting: async (path) => await Promise.resolve(this.#file(this.#find(path))),
    syncDirectory: async (path) => {
      this.#check();
      for (const [name] of this.#durableNames)
        if (dirname(name) === path && !this.#names.has(name)) this.#durableNames.delete(name);
      for (const [name, inode] of this.#names)
        if (dirname(name) === path) this.#durableNames.set(name, inode);
      await Promise.resolve();
    },
    unlink: async (path) => {
      this.#check();
      this.#names.delete(path);
      await Promise.resolve();
    },
    rename: async (from, to) => {
      const inode = this.#find(from);
      this.#names.delete(from);
      this.#names.set(to, inode);
      await Promise.resolve();
    },
    makeDirectory: async () => await Promise.resolve(),
    list: async (path) =>
      await Promise.resolve(
        [...this.#names.keys()]
          .filter((name) => dirname(name) === path)
          .map((name) => name.slice(path.length + 1)),
      ),
    size: async (path) => await Promise.resolve(this.#find(path).now.length),
  };

  contentOf(path: string): Buffer {
    return this.#find(path).now;
  }

  /** The power goes: writes what is on the platter to real files in `directory`. `random` decides what the cache still let through. */
  async cut(directory: string, { from, random }: { from: string; random: () => number }): Promise<void> {
    this.isOff = true;
    const mode = random();
    const survivors = new Map(this.#durableNames);
    // A name may be on the platter before it was asked for, and a deleted one be gone.
    for (const [name, inode] of this.#names) if (random() < 0.5) survivors.set(name, inode);
    for (const name of survivors.keys()) if (!this.#names.has(name) && random() < 0.5) survivors.delete(name);
    for (const [name, inode] of survivors) {
      const target = join(directory, name.slice(from.length));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, surviving(inode, mode < 0.3 ? () => 1 : random));
    }
  }

  #find(path: string): Inode {
    this.#check();
    const inode = this.#names.get(path);
    if (inode === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return inode;
  }

  #file(inode: Inode): JournalFile {
    return {
      write: async (bytes, offset, length, position) => {
        this.#check();
        const end = Math.max(inode.now.length, position + length);
        const next = Buffer.alloc(end);
        inode.now.copy(next);
        next.set(bytes.subarray(offset, offset + length), position);
        inode.now = next;
        return await Promise.resolve({ bytesWritten: length });
      },
      datasync: async () => {
        this.#check();
        const asked = Buffer.from(inode.now);
        await new Promise((resolve) => setImmediate(resolve));
        this.#check();
        inode.durable = asked;
      },
      truncate: async (length) => {
        this.#check();
        inode.now = Buffer.from(inode.now.subarray(0, length));
        await Promise.resolve();
      },
      close: async () => await Promise.resolve(),
    };
  }

  #check(): void {
    if (this.isOff) throw Object.assign(new Error('the power is gone'), { code: 'EIO' });
  }
}

/** The durable bytes, and of the newer ones each page or not: a page that did not get through reads as zeros. */
function surviving(inode: Inode, random: () => number): Buffer {
  const pages = Math.ceil(inode.now.length / PAGE_BYTES);
  const result = Buffer.alloc(inode.now.length);
  let end = inode.durable.length;
  for (let page = 0; page < pages; page++) {
    const [start, stop] = [page * PAGE_BYTES, Math.min((page + 1) * PAGE_BYTES, inode.now.length)];
    const hasPassed = random() < 0.5;
    inode.durable.copy(result, start, start, Math.min(stop, inode.durable.length));
    if (!hasPassed) continue;
    inode.now.copy(result, start, start, stop);
    end = Math.max(end, stop);
  }
  return result.subarray(0, end);
}
