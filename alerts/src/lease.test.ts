import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createLedEngine } from './led-engine.ts';
import { createLeadership, followerAsksEveryMs, leaseMsDefault, renewalsALease } from './lease.ts';
import type { Leadership } from './lease.ts';
import type { AlertCounter, AlertStore, MetricSource } from './ports.ts';
import { worldRule, worldStartMs } from './test-support/delivery-world.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';

const log = pino({ level: 'silent' });

function openHouse() {
  let nowMs = worldStartMs;
  const now = () => nowMs;
  const store = createMemoryStore(emptyData(), now);
  return {
    store,
    now,
    pass: (ms: number) => (nowMs += ms),
    leader: (holder: string, own: AlertStore = store) => createLeadership({ store: own, holder, now, log }),
  };
}

it('one leads, the others follow until its lease is over', async () => {
  const { leader, pass } = openHouse();
  const [a, b] = [leader('a'), leader('b')];
  expect(await a.look()).toEqual({ kind: 'leads', epoch: 1 });
  expect(await b.look()).toEqual({ kind: 'follows' });
  expect([a.isLeading(), b.isLeading()]).toEqual([true, false]);
  pass(leaseMsDefault);
  expect(a.isLeading()).toBe(false);
  expect(await b.look()).toEqual({ kind: 'leads', epoch: 2 });
  expect(await a.look()).toEqual({ kind: 'follows' });
});

it('who leads renews well before the end, and asks no more often than that', async () => {
  const { store, leader, pass } = openHouse();
  let asked = 0;
  const counting: AlertStore = {
    ...store,
    lead: async (request) => {
      asked += 1;
      return await store.lead?.(request);
    },
  };
  const [a, b] = [leader('a', counting), leader('b')];
  for (let round = 0; round < 30; round += 1, pass(leaseMsDefault / 10)) {
    expect((await a.look()).kind).toBe('leads');
    expect((await b.look()).kind).toBe('follows');
  }
  expect(asked).toBeLessThanOrEqual(renewalsALease * 3 + 1);
  expect(asked).toBeGreaterThan(renewalsALease);
});

it('who follows does not ask at every look', async () => {
  const { leader, pass } = openHouse();
  const [a, b] = [leader('a'), leader('b')];
  await a.look();
  await b.look();
  await a.stop();
  expect(await b.look()).toEqual({ kind: 'follows' });
  pass(followerAsksEveryMs);
  expect(await b.look()).toEqual({ kind: 'leads', epoch: 2 });
});

it('a clock that is put back does not lengthen a lease', async () => {
  const { leader, pass } = openHouse();
  const a = leader('a');
  await a.look();
  pass(-1);
  expect(a.isLeading()).toBe(false);
});

it('a store without a lease has one evaluator', async () => {
  const rest: AlertStore = { ...openHouse().store };
  delete rest.lead;
  delete rest.resign;
  const alone = createLeadership({ store: rest, holder: 'a', now: Date.now, log });
  expect(await alone.look()).toEqual({ kind: 'alone' });
  expect(alone.isLeading()).toBe(true);
  await alone.stop();
});

const minuteMs = 60_000;
/** Bad in every second minute. */
const source: MetricSource = {
  read: async ({ toMs }) => {
    const isBad = Math.floor((toMs - worldStartMs) / minuteMs) % 2 === 1;
    const group = { labels: { service: 'a' }, value: isBad ? 99 : 1, samples: 100 };
    return await Promise.resolve({ groups: [group], watermarkMs: toMs });
  },
};
const rule = worldRule('cpu', { schedule: { every: '20s', delay: '0s', window: '20s' } });

function engineOf(store: AlertStore, leadership: Pick<Leadership, 'look'>) {
  const counted = new Map<AlertCounter, number>();
  const count = (counter: AlertCounter, by: number) => counted.set(counter, (counted.get(counter) ?? 0) + by);
  const options = { source, store, channels: ['hook'], baseUrl: 'http://127.0.0.1', log, count };
  const engine = createLedEngine({ ...options, leadership });
  engine.apply({ rules: [rule], isComplete: true });
  return { engine, counted };
}

it('only who leads evaluates; when it goes, another carries on and nothing is said twice', async () => {
  const { store, leader, now, pass } = openHouse();
  const leaders = [leader('a'), leader('b')];
  const engines = leaders.map((leadership) => engineOf(store, leadership));
  const [a, b] = engines;
  const run = async (minutes: number, who: typeof engines) => {
    for (let step = 0; step < minutes * 6; step += 1, pass(10_000))
      await Promise.all(who.map(async ({ engine }) => await engine.tick(now())));
  };
  await run(10, engines);
  expect(a?.counted.get('ticks_evaluated')).toBeGreaterThan(20);
  expect(b?.counted.get('ticks_evaluated')).toBeUndefined();
  expect(b?.counted.get('turns_followed')).toBe(60);
  await run(10, engines.slice(1));
  expect(b?.counted.get('ticks_evaluated')).toBeGreaterThan(20);
  const episodes = await store.listEpisodes({ fromMs: 0, toMs: now(), rowsMax: 100 });
  expect(episodes.length).toBe(10);
  const events = (await store.listDeliveries({ rowsMax: 100 })).map(({ notification }) =>
    [notification.episodeId, notification.transition].join(' '),
  );
  expect(new Set(events).size).toBe(events.length);
});

it('a leader that slept through the end of its lease commits nothing of what it then has to say', async () => {
  const { store, leader, now, pass } = openHouse();
  const fresh = leader('b');
  // What a process believes that was stopped between looking and working.
  const asleep = engineOf(store, { look: async () => await Promise.resolve({ kind: 'leads', epoch: 1 }) });
  await leader('a').look();
  await asleep.engine.tick(now());
  const before = await store.load('cpu');
  expect(before).toBeDefined();
  pass(minuteMs);
  expect(await fresh.look()).toEqual({ kind: 'leads', epoch: 2 });
  await asleep.engine.tick(now());
  expect(await store.load('cpu')).toEqual(before);
  expect(asleep.counted.get('commits_superseded')).toBeGreaterThan(0);
});

it('a store that does not answer stops the evaluation, not the process', async () => {
  const { store, now } = openHouse();
  const broken = engineOf(store, {
    look: async () => await Promise.reject(new Error('the database is away')),
  });
  expect(await broken.engine.tick(now())).toBe(0);
  expect(broken.counted.get('rules_failed')).toBe(1);
  expect(await store.load('cpu')).toBeUndefined();
});
