import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../shop/demo/random.ts';
import { tempDir } from '../support/paths.ts';
import { identityOf, idsIn, idsOf, openBareJournal, pushRow } from './support/bare-journal.ts';
import { scaled, timeoutMs } from './support/scale.ts';
import { VolatileDisk } from './support/volatile-files.ts';

const cuts = scaled({ quick: 50, full: 2_000 });
const dir = tempDir('power');
afterAll(() => dir.remove());

/** Appends on a disk with a cache until the power goes; says what was acknowledged and what the engine has. */
async function appendUntilCut(disk: VolatileDisk, random: () => number) {
  const directory = '/volatile';
  const stored: number[] = [];
  const { journal, delivered } = await openBareJournal(directory, {
    files: disk.files,
    limits: { groupDelayMs: 0, segmentBytesMax: 2_000 },
  });
  const acknowledged: number[] = [];
  const groups = 3 + Math.floor(random() * 25);
  const ids = { next: 0 };
  const send = async (): Promise<void> => {
    const id = ids.next++;
    pushRow(journal, id);
    if ((await journal.commit(Date.now(), identityOf(id))) === undefined) acknowledged.push(id);
  };
  for (let group = 0; group < groups; group++) {
    await Promise.all(Array.from({ length: 1 + Math.floor(random() * 4) }, send));
    const [segment] = delivered.splice(0, 1);
    if (segment === undefined) continue;
    stored.push(...idsOf(disk.contentOf(segment.path)));
    // Between the engine's answer and the deletion the power may go as well.
    if (random() < 0.7) await segment.remove();
  }
  const last = send();
  for (let turn = Math.floor(random() * 6); turn > 0; turn--)
    await new Promise((resolve) => setImmediate(resolve));
  const cutTo = join(dir.path, String(Math.floor(random() * 1e15)));
  await disk.cut(cutTo, { from: directory, random });
  await last;
  await journal.close(0);
  return { cutTo, acknowledged, stored };
}

it(
  `power cut ${cuts} times, with any unsynced page lost or not: all that was acknowledged is in the engine or comes back`,
  async () => {
    const random = seededRandom(3);
    let total = 0;
    for (let cut = 0; cut < cuts; cut++) {
      const { cutTo, acknowledged, stored } = await appendUntilCut(new VolatileDisk(), random);
      const { journal, delivered, lost } = await openBareJournal(cutTo);
      const back = await idsIn(delivered);
      const have = new Set([...stored, ...back]);
      expect([cut, acknowledged.filter((id) => !have.has(id))]).toEqual([cut, []]);
      expect([cut, back.length, lost.get('rotten')]).toEqual([cut, new Set(back).size, undefined]);
      // No request is taken for kept whose rows are not.
      const known = Array.from({ length: 200 }, (_, id) => id).filter((id) => journal.kept(identityOf(id)));
      expect([cut, known.filter((id) => !have.has(id))]).toEqual([cut, []]);
      await journal.close(0);
      total += acknowledged.length;
    }
    console.log(`${cuts} power cuts: ${total} rows acknowledged, lost 0`);
    expect(total).toBeGreaterThan(cuts * 10);
  },
  timeoutMs,
);
