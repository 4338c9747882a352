// Several evaluators on one Postgres, in virtual time: every event once, whoever leads and however it goes.
import { setTimeout as delay } from 'node:timers/promises';
import type { AlertStore } from '@nightjar/alerts';
import { afterAll, describe, expect, it } from 'vitest';
import { openPostgresState } from '../../../collector/src/state/postgres/driver.ts';
import { openSqliteState } from '../../../collector/src/state/sqlite/driver.ts';
import { neededPostgres } from '../../support/postgres.ts';
import { provide } from '../../support/services.ts';
import { createEvaluator, minuteMs, randomFrom, startMs, stepMs } from './evaluator.ts';
import type { Evaluator } from './evaluator.ts';
import { ask, openFresh } from './fresh-state.ts';
import { saidInGroups, saidOfEpisodes } from './told-once.ts';

const postgres = await provide(neededPostgres);
afterAll(async () => await postgres?.close());
const killed = new Error('killed');
const killsWanted = 100;
/** Messages that a worker sends side by side. */
const inFlightMax = 8;

describe.skipIf(postgres === undefined)('several evaluators on one Postgres', async () => {
  const url = (await postgres?.createDatabase()) ?? '';

  it('two of them for an hour, with hand-overs: every event once, and those of one alone', async () => {
    const heardAlone = await anHour(async (clock, heard) => {
      const { alerts: store } = openSqliteState(':memory:');
      return [{ evaluator: evaluatorOf({ store, clock, heard }), close: async () => await store.close() }];
    });
    await (await openFresh({ url })).close();
    const heard = await anHour(async (clock, told) => [
      await openOne(clock, told),
      await openOne(clock, told),
    ]);
    expect(heard.length).toBeGreaterThan(100);
    expect(heard.toSorted()).toEqual(heardAlone.toSorted());
    expect(new Set(heard).size).toBe(heard.length);
  });

  it(`three of them, the leader killed ${killsWanted} times: one trigger and one resolve an episode`, async () => {
    await (await openFresh({ url })).close();
    const random = randomFrom(16);
    const clock = { nowMs: startMs };
    const heard: string[] = [];
    const open = async () => await openMortal(clock, heard);
    const evaluators = [await open(), await open(), await open()];
    let kills = 0;
    for (; kills < killsWanted; clock.nowMs += stepMs) {
      const leader = evaluators.findIndex(({ evaluator }) => evaluator.isLeading());
      const isKill = leader >= 0 && random() < 0.3;
      const working = evaluators.map(async ({ work }) => await work());
      if (isKill) {
        await delay(random() * 12);
        await evaluators[leader]?.kill();
      }
      await Promise.all(working);
      if (!isKill) continue;
      kills += 1;
      evaluators[leader] = await open();
    }
    for (let step = 0; step < 20; step += 1, clock.nowMs += stepMs) await evaluators[0]?.work();
    const { alerts: store } = await openPostgresState({ url });
    const said = await saidOfEpisodes(store);
    expect(said.size).toBeGreaterThan(20);
    expect([...new Set(said.values())]).toEqual(['1 trigger, 1 resolve']);
    const inGroups = await saidInGroups(store);
    expect(new Set(inGroups).size).toBe(inGroups.length);
    // At least once is what a channel is promised: a kill repeats what was sent and not settled, no more.
    expect(heard.length - new Set(heard).size).toBeLessThanOrEqual(kills * inFlightMax);
    await Promise.all([store.close(), ...evaluators.map(async ({ close }) => await close())]);
  });

  interface Clock {
    nowMs: number;
  }

  function evaluatorOf(options: {
    readonly store: AlertStore;
    readonly clock: Clock;
    readonly heard: string[];
  }): Evaluator {
    const { store, clock, heard } = options;
    const send = async ({ eventId }: { readonly eventId: string }) => void heard.push(eventId);
    return createEvaluator({ store, now: () => clock.nowMs, send });
  }

  async function openOne(clock: Clock, heard: string[]) {
    const state = await openPostgresState({ url, leaseClock: () => clock.nowMs });
    const evaluator = evaluatorOf({ store: state.alerts, clock, heard });
    return { evaluator, close: async () => await state.close() };
  }

  /** Returns the ids of the events that were sent, in the order in which they were. */
  async function anHour(
    open: (
      clock: Clock,
      heard: string[],
    ) => Promise<{ readonly evaluator: Evaluator; readonly close: () => Promise<void> }[]>,
  ): Promise<string[]> {
    const heard: string[] = [];
    const clock = { nowMs: startMs };
    const opened = await open(clock, heard);
    for (let step = 0; step < (60 * minuteMs) / stepMs; step += 1, clock.nowMs += stepMs) {
      const isHandOver = step % 30 === 29;
      if (isHandOver) for (const { evaluator } of opened) await evaluator.resign();
      // Turn about, so that it is not always the same that comes first.
      const inTurn = step % 2 === 0 ? opened : opened.toReversed();
      await Promise.all(inTurn.map(async ({ evaluator }) => await evaluator.work()));
    }
    await Promise.all(opened.map(async ({ close }) => await close()));
    return heard;
  }

  /** An evaluator whose process ends at any moment: its connections break, and nothing that it began goes on. */
  async function openMortal(clock: Clock, heard: string[]) {
    const name = `evaluator-${crypto.randomUUID()}`;
    const own = new URL(url);
    own.searchParams.set('application_name', name);
    const state = await openPostgresState({ url: own.href, leaseClock: () => clock.nowMs });
    let isDead = false;
    const store = mortal(state.alerts, () => isDead);
    const evaluator = evaluatorOf({ store, clock, heard });
    const close = async () => await state.close();
    return {
      evaluator,
      close,
      kill: async () => {
        isDead = true;
        await ask(
          url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`,
        );
        await close();
      },
      work: async () => {
        try {
          await evaluator.work();
        } catch (error) {
          if (!isDead) throw error;
        }
      },
    };
  }
});

/** The store as a process sees it that is dead: it asks for nothing more, and learns nothing more. */
function mortal(store: AlertStore, isDead: () => boolean): AlertStore {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        if (isDead()) throw killed;
        const result: unknown = await Reflect.apply(value, target, given);
        if (isDead()) throw killed;
        return result;
      };
    },
  });
}
