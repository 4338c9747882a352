import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { ClosedSegment } from '../model/stages.ts';
import { openJournal } from './journal.ts';

const ROUNDS = 5;
const ACKNOWLEDGED_A_ROUND = 120;

/** Runs the appender until it has acknowledged some ids, kills it, and returns what it had acknowledged. */
async function appendAndKill(directory: string, from: number): Promise<readonly number[]> {
  const script = join(import.meta.dirname, 'append-forever.ts');
  const child = spawn(process.execPath, ['--conditions=nightjar-source', script, directory, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const exited = once(child, 'exit');
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.split('\n').length > ACKNOWLEDGED_A_ROUND) child.kill('SIGKILL');
  });
  await exited;
  return printed.slice(0, printed.lastIndexOf('\n')).split('\n').map(Number);
}

it('a journal that is killed while it appends keeps what it acknowledged, once, with tokens that stay', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nightjar-kill-'));
  const acknowledged: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(...(await appendAndKill(directory, 1_000_000 * (round + 1))));
    const first = await recovered(directory);
    const second = await recovered(directory);
    expect(second.map(({ token }) => token)).toEqual(first.map(({ token }) => token));
    const kept = (await Promise.all(first.map(async ({ path }) => await readFile(path, 'latin1')))).flatMap(
      (text) => [...text.matchAll(/service-(\d+)/g)].map((match) => Number(match[1])),
    );
    expect(new Set(kept).size).toBe(kept.length);
    const missing = acknowledged.filter((id) => !kept.includes(id));
    expect(missing).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_A_ROUND);
  await rm(directory, { recursive: true, force: true });
}, 60_000);

async function recovered(directory: string): Promise<readonly ClosedSegment[]> {
  const delivered: ClosedSegment[] = [];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  await openJournal({
    directory,
    deliver: (segment) => void delivered.push(segment),
    metrics: SILENT_METRICS,
    log,
  });
  return delivered;
}
