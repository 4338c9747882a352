import { open, readdir, mkdir, rename, stat, unlink } from 'node:fs/promises';

/** The part of a file handle that the journal writes with. */
export interface JournalFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the journal uses it; tests hand in one that fails. */
export interface JournalFiles {
  create(path: string): Promise<JournalFile>;
  openExisting(path: string): Promise<JournalFile>;
  /** Makes new names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  size(path: string): Promise<number>;
}

export const nodeFiles: JournalFiles = {
  create: async (path) => await open(path, 'wx', 0o600),
  openExisting: async (path) => await open(path, 'r+'),
  async syncDirectory(path) {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  unlink,
  rename,
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: async (path) => await readdir(path),
  size: async (path) => (await stat(path)).size,
};

/** Writes all of it: a short write (a full disk) is followed by the error that explains it. */
export async function writeAll(file: JournalFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten <= 0) throw new Error('the file system took no bytes');
    done += bytesWritten;
  }
}
