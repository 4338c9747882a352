import { pino } from 'pino';
import { alertRule } from '../../schema/index.ts';
import type { AlertRule, AlertRuleInput, Inhibition, Notification } from '../../schema/index.ts';
import { createGrouper } from '../delivery/grouper.ts';
import type { Routing } from '../delivery/route.ts';
import { createDeliveryWorker } from '../delivery/worker.ts';
import type { WorkerOptions } from '../delivery/worker.ts';
import { createEngine } from '../engine.ts';
import type {
  AlertCounter,
  AlertStore,
  Channel,
  MetricQuery,
  MetricSource,
  Reading,
  SendOutcome,
} from '../ports.ts';
import { createMemoryStore, emptyData } from './memory-store.ts';
import type { MemoryData } from './memory-store.ts';

export const worldStartMs = 1_800_000_000_000;

/** Values of a metric at a time in ms since the start, by the value of the grouping label; nothing is no data. */
export type Script = (atMs: number) => Readonly<Record<string, number>>;

export interface Told {
  /** Ms since the start. */
  readonly at: number;
  readonly channel: string;
  readonly notification: Notification;
  readonly outcome: SendOutcome['kind'];
}

export interface WorldOptions {
  readonly rules: readonly AlertRule[];
  readonly scripts: Readonly<Record<string, Script>>;
  readonly inhibitions?: readonly Inhibition[];
  readonly routing?: Routing;
  /** Channels and what they answer; absent: one named hook that takes everything. */
  readonly channels?: Readonly<
    Record<string, (told: { at: number; notification: Notification }) => SendOutcome>
  >;
  /** Beside those of `channels`, which then may be none. */
  readonly open?: (now: () => number) => readonly Channel[];
  readonly worker?: Partial<WorkerOptions>;
}

export interface World {
  readonly store: AlertStore;
  readonly data: MemoryData;
  readonly counted: ReadonlyMap<AlertCounter, number>;
  readonly attempts: readonly Told[];
  readonly now: () => number;
  readonly source: MetricSource;
  /** What arrived, as `2.1 hook trigger critical a b`. */
  readonly arrived: () => string[];
  /** Lets time pass to `untilMs` after the start in steps of `stepMs`. */
  readonly run: (untilMs: number, stepMs?: number) => Promise<void>;
}

/** A rule over the metric `name`, looked at every 100 ms, that fires above 50. */
export function worldRule(name: string, part: Partial<AlertRuleInput> = {}): AlertRule {
  return alertRule.parse({
    uid: name,
    name,
    signal: { kind: 'metric', name, agg: 'last' },
    groupBy: ['service'],
    schedule: { every: '100ms', delay: '0s', window: '1s' },
    conditions: [{ severity: 'critical', threshold: 50 }],
    ...part,
  });
}

/** Engine, groups and delivery on virtual time, from readings to what receivers hear. */
export function openWorld(options: WorldOptions): World {
  const data = emptyData();
  const store = createMemoryStore(data);
  const counted = new Map<AlertCounter, number>();
  const count = (counter: AlertCounter, by: number) => counted.set(counter, (counted.get(counter) ?? 0) + by);
  const log = pino({ level: 'silent' });
  const attempts: Told[] = [];
  let nowMs = worldStartMs;
  const now = () => nowMs;
  const answers = options.channels ?? { hook: () => ({ kind: 'delivered' as const }) };
  const scriptedChannels = Object.entries(answers).map(([name, answer]): Channel => ({
    name,
    send: async (notification) => {
      const at = nowMs - worldStartMs;
      const outcome = answer({ at, notification });
      attempts.push({ at, channel: name, notification, outcome: outcome.kind });
      return await Promise.resolve(outcome);
    },
  }));
  const channels = [...scriptedChannels, ...(options.open?.(now) ?? [])];
  const baseUrl = 'http://127.0.0.1:3400';
  const source = scripted(options.scripts);
  const worker = createDeliveryWorker({
    store,
    channels,
    baseUrl,
    now,
    log,
    count,
    random: () => 0.5,
    ...options.worker,
  });
  const grouper = createGrouper({ store, channels: worker.channels, now, log, count });
  const { routing, inhibitions = [] } = options;
  const engine = createEngine({
    source,
    store,
    channels: worker.channels,
    baseUrl,
    log,
    count,
    ...(routing === undefined ? {} : { routing }),
  });
  engine.apply({ rules: options.rules, inhibitions, isComplete: true });
  return {
    store,
    data,
    counted,
    attempts,
    now,
    source,
    arrived: () => attempts.filter(({ outcome }) => outcome === 'delivered').map(lineOf),
    run: async (untilMs, stepMs = 100) => {
      for (; nowMs <= worldStartMs + untilMs; nowMs += stepMs) {
        await engine.tick(nowMs);
        await grouper.flush();
        await Promise.all(worker.channels.map(async (name) => await worker.drain(name)));
      }
    },
  };
}

export function lineOf({ at, channel, notification }: Told): string {
  const { transition, isMissed, group, labels, ruleName } = notification;
  const names =
    group === null
      ? [labels['service'] ?? ruleName]
      : group.alerts.map(
          (it) => `${it.transition === 'resolve' ? '-' : ''}${it.labels['service'] ?? it.ruleName}`,
        );
  return `${at / 1_000} ${channel} ${transition}${isMissed ? ' missed' : ''} ${names.sort().join(' ')}`;
}

function scripted(scripts: Readonly<Record<string, Script>>): MetricSource {
  return {
    read: async (query: MetricQuery): Promise<Reading> => {
      const script = query.signal.kind === 'metric' ? scripts[query.signal.name] : undefined;
      const groups = Object.entries(script?.(query.toMs - worldStartMs) ?? {}).map(([service, value]) => ({
        labels: { service },
        value,
        samples: 1_000,
      }));
      return await Promise.resolve({ groups, watermarkMs: query.toMs });
    },
  };
}

/** Services that are bad between two times in ms, both of them ticks. */
export const bad =
  (spans: Readonly<Record<string, readonly [number, number]>>): Script =>
  (atMs) =>
    Object.fromEntries(
      Object.entries(spans).map(([service, [from, to]]) => [service, from <= atMs && atMs < to ? 99 : 1]),
    );
