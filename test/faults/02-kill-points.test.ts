import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { freePort } from '../support/process.ts';
import { launchChild } from './support/child.ts';
import { KILL_POINTS } from './support/kill-points.ts';
import type { KillPoint } from './support/kill-points.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const rounds = scaled({ quick: 2, full: 100 });
const dir = tempDir('kill-points');
const ledger = new Ledger();
let port: number;
beforeAll(async () => {
  port = await freePort();
});
afterAll(() => dir.remove());

/** Sends until the process has killed itself. */
async function killAt(point: KillPoint, passes: number): Promise<NodeJS.Signals | null> {
  const running = launchChild({ directory: dir.path, port, kill: { point, passes } });
  const url = `http://127.0.0.1:${port}`;
  while (!running.hasExited()) await ledger.sendUntilKept(url, () => running.hasExited());
  return (await running.exited).signal;
}

it.each(KILL_POINTS)(
  `killed ${rounds} times at %s`,
  async (point) => {
    for (let round = 0; round < rounds; round++) {
      // A recovery cuts only a few files, those that an earlier kill has left open: later passes would never come.
      const plan: readonly (readonly [KillPoint, number])[] =
        point === 'recovery.cut'
          ? [
              ['data.synced', 3],
              [point, 1],
            ]
          : [[point, 1 + (round % 5)]];
      for (const [here, passes] of plan) expect(await killAt(here, passes)).toBe('SIGKILL');
    }
  },
  timeoutMs,
);

it('after all of them nothing acknowledged is lost and nothing is stored twice', async () => {
  const pipeline = await openPipeline({ directory: dir.path });
  expect(await pipeline.journal.flush(60_000)).toBe(true);
  const { stored, faults } = await ledger.audit(pipeline);
  expect(faults).toEqual([]);
  await pipeline.close();
  console.log(
    `${KILL_POINTS.length * rounds} kills at points: ${ledger.acknowledged} acknowledged, ${stored} stored`,
  );
  expect(ledger.acknowledged).toBeGreaterThan(0);
});
