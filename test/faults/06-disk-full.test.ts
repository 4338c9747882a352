import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { endure } from './support/disk-trouble.ts';
import type { Trouble } from './support/disk-trouble.ts';
import { FaultyFiles } from './support/faulty-files.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';
import type { PipelineOptions } from './support/pipeline.ts';
import { canMount, mountSmallDisk } from './support/small-disk.ts';

const DISK_MIB = 128;
const dir = tempDir('full');
const cleanUp: (() => void)[] = [() => dir.remove()];
afterAll(() => {
  for (const step of cleanUp.toReversed()) step();
});

interface Form {
  readonly options: PipelineOptions;
  readonly trouble: Trouble;
}

function userSpace(): Form {
  const faulty = new FaultyFiles();
  return {
    options: { directory: join(dir.path, 'user-space'), files: faulty.files },
    trouble: {
      begin: () => (faulty.fault = { code: 'ENOSPC', call: 'write' }),
      end: () => (faulty.fault = undefined),
    },
  };
}

/** Journal and engine on one file system, filled by somebody else's file. */
function realDisk(): Form {
  const disk = mountSmallDisk(join(dir.path, 'disk'), DISK_MIB);
  cleanUp.push(() => disk.remove());
  const filler = join(disk.path, 'filler');
  return {
    options: { directory: join(disk.path, 'data') },
    trouble: { begin: () => fill(filler), end: () => rmSync(filler) },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const bytes of [1024 * 1024, 4096, 1]) {
      const chunk = Buffer.alloc(bytes, 1);
      while (writeSync(file, chunk) === bytes);
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}

const FORMS: readonly (readonly [string, () => Form])[] = [
  ['as the journal sees it', userSpace],
  ...(canMount ? ([['a real file system', realDisk]] as const) : []),
];

it.each(FORMS)(
  'a full disk, %s: 503, reads go on, and freed space is used without a restart',
  async (_, make) => {
    const { options, trouble } = make();
    const pipeline = await openPipeline(options);
    const ledger = new Ledger();
    const { refusals, readable } = await endure(pipeline, ledger, trouble);
    expect(refusals.map(({ status, retryAfter }) => [status, Number(retryAfter) > 0])).toEqual(
      refusals.map(() => [503, true]),
    );
    expect(readable).toBeGreaterThan(0);
    expect(await pipeline.journal.flush(30_000)).toBe(true);
    expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
    await pipeline.close();
  },
);
