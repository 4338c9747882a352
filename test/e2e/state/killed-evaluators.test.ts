// Evaluators in processes of their own on one Postgres, the one that leads ended by SIGKILL in the middle of its work.
// NIGHTJAR_KILLS sets how often; the default is for CI.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPostgresState } from '../../../collector/src/state/postgres/driver.ts';
import { neededPostgres } from '../../support/postgres.ts';
import { provide } from '../../support/services.ts';
import { randomFrom, startMs, stepMs } from './evaluator.ts';
import { openFresh } from './fresh-state.ts';
import { saidInGroups, saidOfEpisodes } from './told-once.ts';

const postgres = await provide(neededPostgres);
afterAll(async () => await postgres?.close());
const killsWanted = Number(process.env['NIGHTJAR_KILLS'] ?? 15);
/** Steps between two kills, in which the episodes go on. */
const quietSteps = 6;

const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('heard'), eventId: z.string() }),
  z.object({ kind: z.literal('done'), isLeading: z.boolean() }),
]);

describe.skipIf(postgres === undefined)('evaluators that are killed', () => {
  it(
    `${killsWanted} times: one trigger and one resolve an episode, and nothing is left behind`,
    { timeout: 60_000 + killsWanted * 10_000 },
    async () => {
      const url = (await postgres?.createDatabase()) ?? '';
      await (await openFresh({ url })).close();
      const heard: string[] = [];
      const random = randomFrom(9);
      const evaluators = await Promise.all([1, 2, 3].map(async () => await startEvaluator(url, heard)));
      let nowMs = startMs;
      let kills = 0;
      for (let step = 0; kills < killsWanted || step % quietSteps !== 0; step += 1, nowMs += stepMs) {
        const leader = evaluators.findIndex((it) => it.isLeading());
        const working = evaluators.map(async (it) => await it.work(nowMs));
        if (step % quietSteps === quietSteps - 1 && leader >= 0) {
          await delay(random() * 20);
          await evaluators[leader]?.kill();
          kills += 1;
          evaluators[leader] = await startEvaluator(url, heard);
        }
        await Promise.all(working);
      }
      for (let step = 0; step < 30; step += 1, nowMs += stepMs) await evaluators[0]?.work(nowMs);
      await Promise.all(evaluators.map(async (it) => await it.kill()));

      const { alerts: store } = await openPostgresState({ url });
      const perEpisode = await saidOfEpisodes(store);
      expect(perEpisode.size).toBeGreaterThan(killsWanted);
      expect([...new Set(perEpisode.values())]).toEqual(['1 trigger, 1 resolve']);
      const inGroups = await saidInGroups(store);
      expect(new Set(inGroups).size).toBe(inGroups.length);
      const rows = await store.listDeliveries({ rowsMax: 10_000 });
      const sent = rows.filter(({ status }) => status === 'delivered').map((it) => it.notification.eventId);
      expect(sent.filter((eventId) => !heard.includes(eventId))).toEqual([]);
      expect(heard.length - new Set(heard).size).toBeLessThanOrEqual(kills);
      await store.close();
    },
  );
});

async function startEvaluator(url: string, heard: string[]) {
  const child = fork(join(import.meta.dirname, 'evaluator-process.ts'), [url], {
    execArgv: ['--conditions=nightjar-source'],
  });
  let isLeading = false;
  let settle: () => void = () => undefined;
  const nextAnswer = async () => await new Promise<void>((resolve) => (settle = resolve));
  const ended = exitOf(child);
  child.on('message', (message) => {
    const it = said.parse(message);
    if (it.kind === 'heard') heard.push(it.eventId);
    else settle();
    if (it.kind === 'done') isLeading = it.isLeading;
  });
  await Promise.race([nextAnswer(), ended.then(() => Promise.reject(new Error('evaluator did not start')))]);
  return {
    isLeading: () => isLeading,
    /** Ends with the work, or with the process. */
    work: async (nowMs: number) => {
      const answer = nextAnswer();
      child.send(nowMs);
      await Promise.race([answer, ended]);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}
