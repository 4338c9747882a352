import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeFiles } from './files.ts';
import type { JournalFile, JournalFiles } from './files.ts';
import { FAILURE_PAUSE_MS } from './group-commit.ts';
import { idsIn, openCollecting, pushResource } from './testing.ts';

type Fault = 'ENOSPC' | 'EIO' | 'EROFS';
const FAULTS: readonly (readonly [Fault, keyof JournalFile | 'create'])[] = [
  ['ENOSPC', 'write'],
  ['EIO', 'datasync'],
  ['EROFS', 'create'],
];

/** The real file system, but for one call while `fault.isOn`. */
function failing(call: string, fault: { isOn: boolean; code: Fault }): JournalFiles {
  const fail = (name: string): void => {
    if (fault.isOn && call === name) throw Object.assign(new Error(fault.code), { code: fault.code });
  };
  const wrap = (file: JournalFile): JournalFile => ({
    async write(bytes, offset, length, position) {
      // A full disk takes a part before it refuses.
      if (fault.isOn && call === 'write') await file.write(bytes, offset, Math.ceil(length / 2), position);
      fail('write');
      return await file.write(bytes, offset, length, position);
    },
    async datasync() {
      fail('datasync');
      await file.datasync();
    },
    truncate: async (length) => await file.truncate(length),
    close: async () => await file.close(),
  });
  return {
    ...nodeFiles,
    async create(path) {
      fail('create');
      return wrap(await nodeFiles.create(path));
    },
  };
}

it.each(FAULTS)(
  '%s in %s: refuses, keeps nothing of what it refused, and heals by itself',
  async (code, call) => {
    const directory = await mkdtemp(join(tmpdir(), 'nightjar-faults-'));
    const fault = { isOn: false, code };
    let nowMs = Date.now();
    const files = failing(call, fault);
    const { journal, delivered } = await openCollecting(directory, {
      files,
      now: () => nowMs,
      limits: { groupDelayMs: 0 },
    });
    if (call !== 'create') {
      pushResource(journal, 1);
      await journal.commit(nowMs);
    }
    fault.isOn = true;
    pushResource(journal, 2);
    expect(await journal.commit(nowMs)).toMatchObject({ kind: 'unavailable', reason: 'journal_failed' });
    expect(journal.refusal()).toMatchObject({ reason: 'journal_failed' });
    fault.isOn = false;
    nowMs += FAILURE_PAUSE_MS + 1;
    expect(journal.refusal()).toBeUndefined();
    pushResource(journal, 3);
    expect(await journal.commit(nowMs)).toBeUndefined();
    const kept = call === 'create' ? [3] : [1, 3];
    const flushed = journal.flush(2000);
    await expect.poll(async () => await idsIn(delivered)).toEqual(kept);
    await Promise.all(delivered.map(async (segment) => await segment.remove()));
    expect(await flushed).toBe(true);
    expect(await readdir(join(directory, 'resources'))).toEqual([]);
    await journal.close(0);
    await rm(directory, { recursive: true });
  },
);
