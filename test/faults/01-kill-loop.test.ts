import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../shop/demo/random.ts';
import { tempDir } from '../support/paths.ts';
import { freePort } from '../support/process.ts';
import { startChild } from './support/child.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const kills = Number(process.env['NIGHTJAR_KILLS'] ?? scaled({ quick: 100, full: 1_000 }));
const SENDERS = 3;
const random = seededRandom(1);
const dir = tempDir('kill-loop');
afterAll(() => dir.remove());

it(
  `kill -9 ${kills} times under senders that resend: nothing acknowledged is lost, nothing is stored twice`,
  async () => {
    const ledger = new Ledger();
    const port = await freePort();
    const state = { isOver: false };
    const url = `http://127.0.0.1:${port}`;
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!state.isOver) await ledger.sendUntilKept(url, () => state.isOver);
    });
    for (let kill = 0; kill < kills; kill++) {
      const child = await startChild({ directory: dir.path, port });
      await delay(10 + random() * 150);
      await child.running.stop('SIGKILL');
    }
    state.isOver = true;
    await Promise.all(senders);
    const pipeline = await openPipeline({ directory: dir.path });
    expect(await pipeline.journal.flush(60_000)).toBe(true);
    const { stored, faults } = await ledger.audit(pipeline);
    expect(faults).toEqual([]);
    await pipeline.close();
    console.log(
      `${kills} kills: ${ledger.acknowledged} spans acknowledged, ${ledger.resent} batches resent, ${stored} stored, lost 0, twice 0`,
    );
    expect(ledger.acknowledged).toBeGreaterThan(kills * 5);
    expect(ledger.resent).toBeGreaterThan(kills / 2);
  },
  timeoutMs,
);
