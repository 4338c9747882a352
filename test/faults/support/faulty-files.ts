import { nodeFiles } from '../../../collector/src/journal/files.ts';
import type { JournalFile, JournalFiles } from '../../../collector/src/journal/files.ts';

export interface Fault {
  readonly code: 'ENOSPC' | 'EIO' | 'EROFS' | 'EMFILE';
  readonly call: 'create' | 'write' | 'datasync';
}

/** The real file system, but for one call while a fault is set. Needs no rights, so that this form of a test runs anywhere. */
export class FaultyFiles {
  fault: Fault | undefined;

  readonly files: JournalFiles = {
    ...nodeFiles,
    create: async (path) => {
      this.#fail('create');
      return this.#wrap(await nodeFiles.create(path));
    },
    openExisting: async (path) => this.#wrap(await nodeFiles.openExisting(path)),
  };

  #wrap(file: JournalFile): JournalFile {
    return {
      write: async (bytes, offset, length, position) => {
        // A full disk takes a part before it refuses.
        if (this.fault?.call === 'write') await file.write(bytes, offset, Math.ceil(length / 2), position);
        this.#fail('write');
        return await file.write(bytes, offset, length, position);
      },
      datasync: async () => {
        this.#fail('datasync');
        await file.datasync();
      },
      truncate: async (length) => await file.truncate(length),
      close: async () => await file.close(),
    };
  }

  #fail(call: Fault['call']): void {
    const { fault } = this;
    if (fault?.call === call) throw Object.assign(new Error(fault.code), { code: fault.code });
  }
}
