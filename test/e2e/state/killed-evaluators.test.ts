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
const stopsWanted = 4;
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

      await expect(eachOnce(url, { heard, episodesMin: killsWanted })).resolves.toBeUndefined();
    },
  );

  it(
    'a leader that is stopped in the middle of its work and wakes when another leads',
    { timeout: 180_000 },
    async () => {
      const url = (await postgres?.createDatabase()) ?? '';
      await (await openFresh({ url })).close();
      const heard: string[] = [];
      const random = randomFrom(7);
      const evaluators = await Promise.all([1, 2, 3].map(async () => await startEvaluator(url, heard)));
      let nowMs = startMs;
      const pass = async (steps: number, who: typeof evaluators) => {
        for (let step = 0; step < steps; step += 1, nowMs += stepMs)
          await Promise.all(who.map(async (it) => await it.work(nowMs)));
      };
      for (let round = 0; round < stopsWanted; round += 1) {
        await pass(9, evaluators);
        const leader = evaluators.find((it) => it.isLeading());
        const others = evaluators.filter((it) => it !== leader);
        const stopped = leader?.work(nowMs);
        await delay(random() * 15);
        leader?.signal('SIGSTOP');
        await pass(4, others);
        expect(others.filter((it) => it.isLeading())).toHaveLength(1);
        leader?.signal('SIGCONT');
        await stopped;
      }
      await pass(30, evaluators);
      await Promise.all(evaluators.map(async (it) => await it.kill()));
      await expect(eachOnce(url, { heard, episodesMin: stopsWanted })).resolves.toBeUndefined();
    },
  );
});

interface Heard {
  readonly heard: readonly string[];
  readonly episodesMin: number;
}

/** Rejects where an episode was told of more or less than once each way. */
async function eachOnce(url: string, { heard, episodesMin }: Heard): Promise<void> {
  const { alerts: store } = await openPostgresState({ url });
  const perEpisode = await saidOfEpisodes(store);
  expect(perEpisode.size).toBeGreaterThan(episodesMin);
  expect([...new Set(perEpisode.values())]).toEqual(['1 trigger, 1 resolve']);
  const inGroups = await saidInGroups(store);
  expect(new Set(inGroups).size).toBe(inGroups.length);
  const rows = await store.listDeliveries({ rowsMax: 10_000 });
  const sent = rows.filter(({ status }) => status === 'delivered').map((it) => it.notification.eventId);
  expect(sent.filter((eventId) => !heard.includes(eventId))).toEqual([]);
  // At least once is what a channel is promised: what was sent and not settled is sent by another, once more.
  const times = [...Map.groupBy(heard, (eventId) => eventId).values()].map((each) => each.length);
  expect(Math.max(...times)).toBeLessThanOrEqual(2);
  await store.close();
}

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
    signal: (name: 'SIGSTOP' | 'SIGCONT') => child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}
