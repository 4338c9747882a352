import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../shop/demo/random.ts';
import { tempDir } from '../support/paths.ts';
import { identityOf, idsIn, openBareJournal, pushRow, unsynced } from './support/bare-journal.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const BLOCKS = 12;
const flips = scaled({ quick: 250, full: 1_000 });
const dir = tempDir('rot');
afterAll(() => dir.remove());

it(
  `${flips} journals with one flipped bit: at most the record it is in is lost, that is counted, and no hand is needed`,
  async () => {
    const random = seededRandom(5);
    const living = join(dir.path, 'living');
    const { journal } = await openBareJournal(living, {
      files: unsynced,
      limits: { segmentAgeMaxMs: 3_600_000, groupDelayMs: 0 },
    });
    for (let id = 0; id < BLOCKS; id++) {
      pushRow(journal, id);
      expect(await journal.commit(Date.now(), identityOf(id))).toBeUndefined();
    }
    const at = join(dir.path, 'killed');
    cpSync(living, at, { recursive: true });
    await journal.close(0);
    const folder = join(at, 'logs');
    const originals = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
    const all = Array.from({ length: BLOCKS }, (_, id) => id);
    let lostRows = 0;
    for (let flip = 0; flip < flips; flip++) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const chosen = originals[Math.floor(random() * originals.length)];
      if (chosen === undefined) throw new Error('no file');
      const position = Math.floor(random() * chosen.bytes.length);
      for (const { name, bytes } of originals) writeFileSync(join(folder, name), bytes);
      const flipped = Buffer.from(chosen.bytes);
      flipped[position] = (flipped[position] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(join(folder, chosen.name), flipped);
      const opened = await openBareJournal(at, { files: unsynced });
      const ids = await idsIn(opened.delivered);
      expect([flip, all.filter((id) => !ids.includes(id)).length <= 1]).toEqual([flip, true]);
      expect([flip, new Set(ids).size, [...opened.lost.values()]]).toEqual([flip, ids.length, [1]]);
      // Health says so: what rotted, unlike what was torn, had been acknowledged.
      expect(opened.journal.rottenRecords).toBe(opened.lost.get('rotten') ?? 0);
      lostRows += BLOCKS - ids.length;
      await opened.journal.close(0);
      const again = await openBareJournal(at, { files: unsynced });
      expect([await idsIn(again.delivered), again.journal.rottenRecords]).toEqual([ids, 0]);
      await again.journal.close(0);
    }
    console.log(`${flips} flips: ${lostRows} of ${flips * BLOCKS} records lost, each counted`);
  },
  timeoutMs,
);
