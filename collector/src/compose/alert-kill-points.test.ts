// A scripted day through engine, delivery and the SQLite file, killed a thousand times wherever they wait for something:
// what people hear is what they would have heard without, each message at most once more.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeliveryWorker, createEngine } from '@nightjar/alerts';
import type { AlertStore, MetricQuery, MetricSource } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import type { AlertRule, Notification } from '@nightjar/alerts/schema';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openSqliteState } from '../state/sqlite/driver.ts';

const minuteMs = 60_000;
const startMs = 1_800_000_000_000;
const minutesOfDay = 1_440;
const killsWanted = 1_000;
/** Looks a minute apart are followed by this many to send what a kill has held up. */
const sendEveryMs = 20_000;

function rule(uid: string, part: object): AlertRule {
  return alertRule.parse({
    uid,
    name: uid,
    signal: { kind: 'metric', name: uid, agg: 'last' },
    schedule: { every: '1m', delay: '0s', window: '1m' },
    conditions: [{ severity: 'critical', threshold: 50 }],
    notify: { repeat: '2h' },
    ...part,
  });
}

const rules: readonly AlertRule[] = [
  rule('latency', {
    for: '3m',
    conditions: [
      { severity: 'critical', threshold: 80, recover: 70 },
      { severity: 'warning', threshold: 50 },
    ],
  }),
  rule('errors', { groupBy: ['service'], keepFiringFor: '2m' }),
  rule('backup', { onNoData: { action: 'alert', after: '10m' } }),
];

/** A day of troubles of half an hour and more, which begin at different times. */
function valuesAt(name: string, minute: number): Record<string, number> {
  const wave = (period: number, phase: number): number => ((minute + phase) % period) / period;
  switch (name) {
    case 'latency':
      return { '': wave(360, 0) > 0.75 ? 90 : wave(360, 0) > 0.55 ? 60 : 20 };
    case 'errors':
      return { shop: wave(240, 40) > 0.7 ? 60 : 5, mail: wave(300, 90) > 0.8 ? 99 : 1 };
    default:
      return wave(720, 0) > 0.9 ? {} : { '': 1 };
  }
}

const source: MetricSource = {
  read: async ({ signal, groupBy, toMs }: MetricQuery) => {
    const name = signal.kind === 'metric' ? signal.name : '';
    const groups = Object.entries(valuesAt(name, Math.floor((toMs - startMs) / minuteMs))).map(
      ([service, value]) => ({
        labels: Object.fromEntries(groupBy.map((label) => [label, service])),
        value,
        samples: 100,
      }),
    );
    return { groups, watermarkMs: toMs };
  },
};

/** Every wait of one life of the process; after the one at which it is killed, nothing that it began has an effect. */
class Life {
  isOver = false;
  #waitsLeft: number;

  constructor(waitsLeft: number) {
    this.#waitsLeft = waitsLeft;
  }

  async wait<T>(work: () => Promise<T>): Promise<T> {
    this.#pass();
    const result = await work();
    this.#pass();
    return result;
  }

  #pass(): void {
    this.#waitsLeft -= 1;
    if (this.#waitsLeft <= 0) this.isOver = true;
    if (this.isOver) throw new Error('killed');
  }
}

function mortal<Port extends object>(port: Port, life: Life): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]) =>
        await life.wait(async () => await (Reflect.apply(member, target, given) as Promise<unknown>));
    },
  });
}

interface Heard {
  readonly eventId: string;
  readonly body: string;
  readonly what: string;
}

interface Day {
  readonly heard: readonly Heard[];
  readonly kills: number;
  readonly stored: AlertStore;
}

/** `nextWaits` says after how many waits each life ends. */
async function liveThroughDay(path: string, nextWaits: () => number): Promise<Day> {
  const heard: Heard[] = [];
  let kills = 0;
  let nowMs = startMs;
  let body = openBody();
  for (; nowMs < startMs + minutesOfDay * minuteMs; nowMs += sendEveryMs) {
    await body.look();
    while (body.life.isOver) {
      kills += 1;
      await body.state.close();
      body = openBody();
      await body.look();
    }
  }
  await body.state.close();
  return { heard, kills, stored: openSqliteState(path).alerts };

  function openBody() {
    const life = new Life(nextWaits());
    const state = openSqliteState(path);
    const store = mortal(state.alerts, life);
    const send = async (notification: Notification) => {
      heard.push(heardOf(notification));
      return { kind: 'delivered' as const };
    };
    const channel = mortal({ name: 'hook', send }, life);
    const shared = { store, baseUrl: 'http://127.0.0.1:3400/', log: pino({ level: 'silent' }) };
    const engine = createEngine({ ...shared, source: mortal(source, life), channels: ['hook'] });
    const worker = createDeliveryWorker({
      ...shared,
      channels: [channel],
      now: () => nowMs,
      random: () => 0,
    });
    engine.apply({ rules, isComplete: true });
    const look = async () => {
      await engine.tick(nowMs);
      // What a dead process would have sent, it does not send.
      if (!life.isOver) await worker.drain('hook').catch(() => undefined);
    };
    return { life, state, look };
  }
}

function heardOf(notification: Notification): Heard {
  const { eventId, transition, ruleUid, kind, firedAt } = notification;
  const what = `${transition} ${ruleUid} ${kind} ${(firedAt - startMs) / minuteMs}`;
  return { eventId, what, body: JSON.stringify(notification) };
}

/** The same kills at every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it(
  '1,000 kills in a day: nothing is lost, nothing is said more than once again',
  { timeout: 240_000 },
  async () => {
    // A thousand lives commit some thousand times: in memory, where there is a place for it, the disk has no part in this.
    const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const dir = mkdtempSync(join(place, 'nightjar-kill-points-'));
    try {
      const calm = await liveThroughDay(join(dir, 'calm.sqlite'), () => Number.POSITIVE_INFINITY);
      const expected = calm.heard.map(({ eventId }) => eventId);
      expect(new Set(expected).size).toBe(expected.length);
      expect(expected.length).toBeGreaterThan(30);

      const random = randomFrom(20_261_120);
      // Long enough to get a message through now and then, short enough for a thousand of them.
      const killed = await liveThroughDay(join(dir, 'killed.sqlite'), () => 8 + Math.floor(random() * 40));
      expect(killed.kills).toBeGreaterThanOrEqual(killsWanted);
      const times = new Map<string, Heard[]>();
      for (const it of killed.heard) times.set(it.eventId, [...(times.get(it.eventId) ?? []), it]);
      expect([...times.keys()].toSorted()).toEqual(expected.toSorted());
      const again = [...times.values()].filter((all) => all.length > 1);
      expect(again.length).toBeGreaterThan(0);
      for (const all of again) {
        expect(all).toHaveLength(2);
        expect(new Set(all.map(({ body }) => body)).size).toBe(1);
      }
      const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, rowsMax: 1_000 };
      const [before, after] = await Promise.all(
        [calm.stored, killed.stored].map((it) => it.listEpisodes(range)),
      );
      expect(after).toEqual(before);
      await Promise.all([calm.stored.close(), killed.stored.close()]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);
