import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { createScheduler } from './scheduler.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';

const log = pino({ level: 'silent' });
const store = createMemoryStore(emptyData());
const idle = { channels: [], drain: async () => await Promise.resolve(0) };

it('ticks again and again, also after a round that failed, until it is stopped', async () => {
  let rounds = 0;
  const tick = async () => {
    rounds += 1;
    if (rounds === 2) throw new Error('bug');
    return await Promise.resolve(0);
  };
  const engine = { tick, apply: () => undefined, rules: () => [], delaysMs: () => new Map() };
  const scheduler = createScheduler({ engine, worker: idle, store, now: () => 5, log, pollEveryMs: 1 });
  scheduler.start();
  scheduler.start();
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(3));
  await scheduler.stop();
  const atStop = rounds;
  await new Promise((resolve) => setImmediate(resolve));
  expect(rounds).toBe(atStop);
});

it('stop waits for what is under way and tells the worker to take no more', async () => {
  const gate = Promise.withResolvers<undefined>();
  const seen: string[] = [];
  const engine = {
    apply: () => undefined,
    rules: () => [],
    delaysMs: () => new Map(),
    tick: async () => {
      await gate.promise;
      seen.push('tick ended');
      return 0;
    },
  };
  const worker = {
    channels: ['hook'],
    drain: async (channel: string, stopping?: AbortSignal) => {
      await gate.promise;
      seen.push(`${channel} drained, stopping ${String(stopping?.aborted)}`);
      return 0;
    },
  };
  const scheduler = createScheduler({ engine, worker, store, now: () => 5, log });
  scheduler.start();
  const stopped = scheduler.stop().then(() => seen.push('stopped'));
  expect(seen).toEqual([]);
  gate.resolve(undefined);
  await stopped;
  expect(seen.at(-1)).toBe('stopped');
  expect(seen.toSorted()).toEqual(['hook drained, stopping true', 'stopped', 'tick ended']);
});

it('what a tick has to say goes out at once, and not at the next round', async () => {
  let drains = 0;
  const told = Promise.withResolvers<undefined>();
  let ticks = 0;
  const engine = {
    apply: () => undefined,
    rules: () => [],
    delaysMs: () => new Map(),
    tick: async () => {
      ticks += 1;
      return await Promise.resolve(ticks === 2 ? 1 : 0);
    },
  };
  const worker = {
    channels: ['hook'],
    drain: async () => {
      drains += 1;
      if (drains === 2) told.resolve(undefined);
      return await Promise.resolve(0);
    },
  };
  // An hour to the next round of the channel: only the message can bring it about.
  const scheduler = createScheduler({ engine, worker, store, now: () => 5, log, pollEveryMs: 3_600_000 });
  scheduler.start();
  await told.promise;
  expect(ticks).toBe(2);
  expect(drains).toBe(2);
  await scheduler.stop();
});
