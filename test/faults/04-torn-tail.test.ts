import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { idsIn, openBareJournal, pushRow, unsynced } from './support/bare-journal.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const BLOCKS = 40;
const TAIL_BYTES = 4_096;
const step = scaled({ quick: 7, full: 1 });
const dir = tempDir('torn');
afterAll(() => dir.remove());

/** The files of a journal whose process was killed with `BLOCKS` blocks of one row in an open segment. */
async function killedJournal(): Promise<{ data: string; sidecar: string; at: string }> {
  const living = join(dir.path, 'living');
  const { journal } = await openBareJournal(living, {
    files: unsynced,
    limits: { segmentAgeMaxMs: 3_600_000, groupDelayMs: 0 },
  });
  for (let id = 0; id < BLOCKS; id++) {
    pushRow(journal, id);
    expect(await journal.commit(Date.now())).toBeUndefined();
  }
  const at = join(dir.path, 'killed');
  cpSync(living, at, { recursive: true });
  await journal.close(0);
  const folder = join(at, 'logs');
  const file = (suffix: string) =>
    join(folder, readdirSync(folder).find((name) => name.endsWith(suffix)) ?? '');
  return { data: file('.native'), sidecar: file('.idx'), at };
}

it(
  `a tail torn off at every${step === 1 ? '' : ` ${step}th`} byte of the last 4 KiB: every whole record is kept, by itself`,
  async () => {
    const { data, sidecar, at } = await killedJournal();
    const [bytes, records] = [readFileSync(data), readFileSync(sidecar)];
    const blockBytes = bytes.length / BLOCKS;
    const recordBytes = records.length / BLOCKS;
    let opened = 0;
    const check = async (cut: { data: number; sidecar: number }, whole: number) => {
      for (const name of readdirSync(join(at, 'logs'))) rmSync(join(at, 'logs', name));
      writeFileSync(data, bytes.subarray(0, bytes.length - cut.data));
      writeFileSync(sidecar, records.subarray(0, records.length - cut.sidecar));
      const { journal, delivered, lost } = await openBareJournal(at, { files: unsynced });
      expect([cut, await idsIn(delivered)]).toEqual([cut, Array.from({ length: whole }, (_, id) => id)]);
      expect(lost.get('rotten')).toBeUndefined();
      expect(lost.get('torn') ?? 0).toBeGreaterThan(0);
      await journal.close(0);
      opened += 1;
    };
    for (let cut = 1; cut <= TAIL_BYTES; cut += step)
      await check({ data: cut, sidecar: 0 }, Math.floor((bytes.length - cut) / blockBytes));
    for (let cut = 1; cut < 4 * recordBytes; cut += step === 1 ? 1 : 3)
      await check({ data: 0, sidecar: cut }, Math.floor((records.length - cut) / recordBytes));
    console.log(`${opened} torn journals opened, every whole record kept`);
  },
  timeoutMs,
);
