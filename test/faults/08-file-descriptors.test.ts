import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { freePort } from '../support/process.ts';
import { startChild } from './support/child.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';

const SPARE_DESCRIPTORS = 64;
const SOCKETS = 300;
const dir = tempDir('descriptors');
afterAll(() => dir.remove());

/** Lowers the limit of a living process to what it uses and a few more. */
function limitDescriptors(pid: number): void {
  const highest = Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number));
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${highest + SPARE_DESCRIPTORS}:`]);
}

it('without file descriptors the collector lives, refuses, and recovers when it has some again', async () => {
  const child = await startChild({ directory: dir.path, port: await freePort() });
  const ledger = new Ledger();
  expect((await ledger.send(child.url)).status).toBe(200);
  limitDescriptors(child.running.pid);
  const sockets: Socket[] = [];
  for (let opened = 0; opened < SOCKETS; opened++) {
    const socket = connect(Number(new URL(child.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  // Refused by the connection, or by a journal that cannot make a file: never taken and lost.
  const attempts = { refused: 0 };
  await until(
    async () => {
      const status = await ledger.send(child.url).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status !== 200) attempts.refused += 1;
      return attempts.refused;
    },
    (refused) => refused >= 3,
    { what: 'refusals', everyMs: 20 },
  );
  expect(child.running.hasExited()).toBe(false);
  for (const socket of sockets) socket.destroy();
  expect(await ledger.sendUntilKept(child.url, () => child.running.hasExited())).toBe(true);
  expect((await child.running.stop()).code).toBe(0);
  const pipeline = await openPipeline({ directory: dir.path });
  expect(await pipeline.journal.flush(20_000)).toBe(true);
  expect((await ledger.audit(pipeline)).faults).toEqual([]);
  await pipeline.close();
});
