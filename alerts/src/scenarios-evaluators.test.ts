// Several evaluators on one store, in virtual time.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createGrouper } from './delivery/grouper.ts';
import { createEngine } from './engine.ts';
import type { AlertStore, MetricSource } from './ports.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';
import { worldRule, worldStartMs } from './test-support/delivery-world.ts';

const log = pino({ level: 'silent' });
const killed = new Error('killed');

/** Numbers in [0, 1) from a seed, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The store as a process sees it that dies at a call: nothing it asks for after that happens. */
function mortal(store: AlertStore, diesAfterCalls: () => boolean): AlertStore {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        if (diesAfterCalls()) throw killed;
        await Promise.resolve();
        return await (Reflect.apply(value, target, given) as Promise<unknown>);
      };
    },
  });
}

const minuteMs = 60_000;
/** Bad in every second minute. */
const source: MetricSource = {
  read: async ({ toMs }) => {
    const isBad = Math.floor((toMs - worldStartMs) / minuteMs) % 2 === 1;
    const group = { labels: { service: 'a' }, value: isBad ? 99 : 1, samples: 100 };
    return await Promise.resolve({ groups: [group], watermarkMs: toMs });
  },
};

async function runEvaluators(options: { readonly groupBy?: string[] }) {
  const store = createMemoryStore(emptyData());
  const random = randomFrom(16);
  const rule = worldRule('cpu', {
    schedule: { every: '20s', delay: '0s', window: '20s' },
    notify: {
      repeat: 'never',
      ...(options.groupBy === undefined
        ? {}
        : { groupBy: options.groupBy, groupWait: '0s', groupInterval: '1s' }),
    },
  });
  let nowMs = worldStartMs;
  let kills = 0;
  const start = () => {
    let callsLeft = Number.POSITIVE_INFINITY;
    const own = mortal(store, () => (callsLeft -= 1) < 0);
    const engine = createEngine({ source, store: own, channels: ['hook'], baseUrl: 'http://127.0.0.1', log });
    engine.apply({ rules: [rule], isComplete: true });
    const grouper = createGrouper({ store: own, channels: ['hook'], now: () => nowMs, log });
    return {
      dieSoon: () => (callsLeft = Math.floor(random() * 6)),
      work: async () => {
        await engine.tick(nowMs);
        await grouper.flush().catch((error: unknown) => {
          if (error !== killed) throw error;
        });
      },
    };
  };
  const evaluators = [start(), start(), start()];
  for (; nowMs < worldStartMs + 120 * minuteMs; nowMs += 10_000) {
    const victim = Math.floor(random() * evaluators.length);
    const isKill = random() < 0.2;
    if (isKill) evaluators[victim]?.dieSoon();
    await Promise.all(evaluators.map(async ({ work }) => await work()));
    if (isKill) {
      kills += 1;
      evaluators[victim] = start();
    }
  }
  for (let round = 0; round < 2; round += 1, nowMs += 61_000) await start().work();
  const rows = await store.listDeliveries({ rowsMax: 1_000 });
  const episodes = await store.listEpisodes({ fromMs: 0, toMs: nowMs, rowsMax: 1_000 });
  return { rows, episodes, kills };
}

it('16: three evaluators, one killed 100 times and more: one trigger and one resolve an episode', async () => {
  const { rows, episodes, kills } = await runEvaluators({});
  expect(kills).toBeGreaterThan(100);
  const closed = episodes.filter(({ resolvedAt }) => resolvedAt !== null);
  expect(closed.length).toBeGreaterThan(50);
  for (const { id } of closed) {
    const said = rows.filter(({ notification }) => notification.episodeId === id);
    expect(said.map(({ notification }) => notification.transition).sort()).toEqual(['resolve', 'trigger']);
  }
});

it('16b: the same of groups: no message twice, and every episode is told of and closed', async () => {
  const { rows, episodes } = await runEvaluators({ groupBy: [] });
  const closed = episodes.filter(({ resolvedAt }) => resolvedAt !== null);
  const told = rows.flatMap(({ notification: { group } }) =>
    (group?.alerts ?? []).map((it) => `${it.episodeId} ${it.transition}`),
  );
  for (const { id } of closed) {
    expect(told.filter((it) => it === `${id} resolve`)).toHaveLength(1);
    expect(told.filter((it) => it === `${id} trigger`).length).toBeLessThanOrEqual(1);
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});
