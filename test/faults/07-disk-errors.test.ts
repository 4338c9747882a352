import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { endure } from './support/disk-trouble.ts';
import type { Trouble } from './support/disk-trouble.ts';
import { FaultyFiles } from './support/faulty-files.ts';
import type { Fault } from './support/faulty-files.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';
import type { PipelineOptions } from './support/pipeline.ts';
import { canMount, mountSmallDisk } from './support/small-disk.ts';

const dir = tempDir('disk-errors');
const cleanUp: (() => void)[] = [() => dir.remove()];
afterAll(() => {
  for (const step of cleanUp.toReversed()) step();
});

interface Form {
  readonly options: PipelineOptions;
  readonly trouble: Trouble;
}

function userSpace(fault: Fault): Form {
  const faulty = new FaultyFiles();
  return {
    options: { directory: join(dir.path, `${fault.code}-${fault.call}`), files: faulty.files },
    trouble: { begin: () => (faulty.fault = fault), end: () => (faulty.fault = undefined) },
  };
}

function readOnlyMount(): Form {
  const disk = mountSmallDisk(join(dir.path, 'disk'), 16);
  cleanUp.push(() => disk.remove());
  return {
    options: { directory: join(dir.path, 'engine'), journalDirectory: join(disk.path, 'journal') },
    trouble: { begin: () => disk.setReadOnly(true), end: () => disk.setReadOnly(false) },
  };
}

const FORMS: readonly (readonly [string, () => Form])[] = [
  ['EIO when data is made safe', () => userSpace({ code: 'EIO', call: 'datasync' })],
  ['EIO when data is written', () => userSpace({ code: 'EIO', call: 'write' })],
  ['EROFS when a file is made', () => userSpace({ code: 'EROFS', call: 'create' })],
  ...(canMount ? ([['a file system made read-only', readOnlyMount]] as const) : []),
];

it.each(FORMS)('%s: not acknowledged, reads go on, healed without a restart', async (_, make) => {
  const { options, trouble } = make();
  const pipeline = await openPipeline(options);
  const ledger = new Ledger();
  const { refusals, readable } = await endure(pipeline, ledger, trouble);
  expect(refusals.map(({ status, retryAfter }) => [status, Number(retryAfter) > 0])).toEqual(
    refusals.map(() => [503, true]),
  );
  expect(readable).toBeGreaterThan(0);
  expect(await pipeline.journal.flush(20_000)).toBe(true);
  expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
  await pipeline.close();
});

it('one sync that fails: that group is refused and gone, the next goes to a new segment', async () => {
  const faulty = new FaultyFiles();
  const pipeline = await openPipeline({ directory: join(dir.path, 'once'), files: faulty.files });
  const ledger = new Ledger();
  expect((await ledger.send(pipeline.url)).status).toBe(200);
  faulty.fault = { code: 'EIO', call: 'datasync' };
  expect((await ledger.send(pipeline.url)).status).toBe(503);
  faulty.fault = undefined;
  expect(await ledger.sendUntilKept(pipeline.url, () => false)).toBe(true);
  expect(await pipeline.journal.flush(10_000)).toBe(true);
  expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
  await pipeline.close();
});
