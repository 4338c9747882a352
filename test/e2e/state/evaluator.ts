// What a collector runs of alerting, on a time that is handed in.
import { randomUUID } from 'node:crypto';
import { createDeliveryWorker, createGrouper, createLeadership, createLedEngine } from '@nightjar/alerts';
import type { AlertStore, MetricSource } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import type { AlertRule, Notification } from '@nightjar/alerts/schema';
import { pino } from 'pino';

export const startMs = 1_800_000_000_000;
export const minuteMs = 60_000;
export const stepMs = 10_000;

const schedule = { every: '20s', delay: '0s', window: '20s' };
const condition = { severity: 'critical', threshold: 50 } as const;

function ruleOf(uid: string, part: object): AlertRule {
  return alertRule.parse({
    uid,
    name: uid,
    signal: { kind: 'metric', name: uid, agg: 'last' },
    groupBy: ['service'],
    schedule,
    conditions: [condition],
    notify: { repeat: 'never' },
    ...part,
  });
}

/** One that tells of every alert at once, one that recovers late, one whose alerts are told of together. */
export const rules: readonly AlertRule[] = [
  ruleOf('cpu', {}),
  ruleOf('disk', { for: '40s', keepFiringFor: '40s' }),
  ruleOf('queue', { notify: { repeat: 'never', groupBy: ['rule'], groupWait: '20s', groupInterval: '1m' } }),
];

/** Bad for some minutes, then well for some, each rule and service in a rhythm of its own. */
export const source: MetricSource = {
  read: async ({ signal, groupBy, toMs }) => {
    const phase = signal.kind === 'metric' ? signal.name.length : 0;
    const groups = ['shop', 'mail'].map((service, index) => {
      const isBad = Math.floor((toMs - startMs) / minuteMs + phase) % (3 + index) === 1;
      const labels = Object.fromEntries(groupBy.map((label) => [label, service]));
      return { labels, value: isBad ? 99 : 1, samples: 100 };
    });
    return await Promise.resolve({ groups, watermarkMs: toMs });
  },
};

export interface EvaluatorOptions {
  readonly store: AlertStore;
  readonly now: () => number;
  readonly send: (notification: Notification) => Promise<void>;
}

export function createEvaluator({ store, now, send }: EvaluatorOptions) {
  const log = pino({ level: 'silent' });
  const shared = { store, baseUrl: 'http://127.0.0.1:3400', log };
  const leadership = createLeadership({ store, holder: randomUUID(), now, log });
  const engine = createLedEngine({ ...shared, leadership, source, channels: ['hook'] });
  const grouper = createGrouper({ store, channels: ['hook'], now, log });
  const channel = {
    name: 'hook',
    send: async (notification: Notification) => {
      await send(notification);
      return { kind: 'delivered' as const };
    },
  };
  const worker = createDeliveryWorker({ ...shared, channels: [channel], now, random: () => 0 });
  engine.apply({ rules, isComplete: true });
  return {
    isLeading: () => leadership.isLeading(),
    resign: async () => await leadership.stop(),
    /** Everything a collector does of itself at one time. */
    work: async () => {
      await engine.tick(now());
      await grouper.flush();
      await worker.drain('hook');
    },
  };
}
export type Evaluator = ReturnType<typeof createEvaluator>;

/** Numbers in [0, 1) from a seed, the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
