import { pino } from 'pino';
import { alertRule } from '../../schema/index.ts';
import type { AlertRule, AlertRuleInput, Labels, Signal } from '../../schema/index.ts';
import { createEngine } from '../engine.ts';
import { offsetOf } from '../ids.ts';
import type {
  AlertCounter,
  AlertStore,
  GroupReading,
  MetricQuery,
  MetricSource,
  OutboxRow,
  Reading,
} from '../ports.ts';
import { createMemoryStore, emptyData } from './memory-store.ts';

export const secondMs = 1_000;
/** A whole hour. */
export const originMs = 1_800_000_000_000;

/** A request that was made, and when the collector heard of it. Times in seconds after the origin. */
export interface MadeRequest {
  readonly at: number;
  readonly arrives?: number;
  readonly isError?: boolean;
  readonly durationMs?: number;
  readonly labels?: Labels;
}

export interface World {
  readonly store: AlertStore;
  readonly counted: ReadonlyMap<AlertCounter, number>;
  readonly requests: MadeRequest[];
  /** Second after which the store answers nobody, and from which it does again. */
  storeAway: { from: number; to: number } | undefined;
  /** Between these every reading fails, though the store answers. */
  unreadable: { from: number; to: number } | undefined;
  /** What arrives between these is not queryable before the second. */
  stalled: { from: number; to: number } | undefined;
  /** `75: trigger critical`, the second at which a message was made. */
  readonly sent: () => string[];
  readonly rows: () => readonly OutboxRow[];
  /** Looks at the rules every so many seconds, both ends included. */
  readonly run: (from: number, to: number, step?: number) => Promise<void>;
  readonly restart: () => void;
  readonly delaysMs: () => ReadonlyMap<string, number>;
}

/** A uid whose rule, looking every minute, ticks so many seconds after each. */
export function uidTickingAt(second: number, salt = ''): string {
  for (let index = 0; ; index += 1) {
    const uid = `rule${salt}${index}`;
    if (offsetOf(uid, 60_000) === second * secondMs) return uid;
  }
}

export function worldRule(part: Partial<AlertRuleInput> & Pick<AlertRuleInput, 'signal'>): AlertRule {
  return alertRule.parse({
    uid: uidTickingAt(0),
    name: 'rule',
    schedule: { every: '1m', delay: '0s', window: '1m' },
    ...part,
  });
}

/** The real engine over requests as they arrive, in virtual time. */
export function openWorld(rules: readonly AlertRule[], requests: readonly MadeRequest[] = []): World {
  const data = emptyData();
  const store = createMemoryStore(data);
  const counted = new Map<AlertCounter, number>();
  let now = 0;
  const rows = () => [...data.outbox.values()].map(({ row }) => row);
  const world: World = {
    store,
    counted,
    requests: [...requests],
    storeAway: undefined,
    unreadable: undefined,
    stalled: undefined,
    rows,
    sent: () =>
      rows().map(({ createdAtMs, notification: { transition, kind, severity, reason } }) =>
        [
          `${(createdAtMs - originMs) / secondMs}:`,
          transition,
          kind === 'condition' ? severity : kind,
          ...(reason === null ? [] : [reason]),
        ].join(' '),
      ),
    run: async (from, to, step = 60) => {
      for (now = from; now <= to; now += step) await engine.tick(originMs + now * secondMs);
    },
    restart: () => {
      engine = start();
    },
    delaysMs: () => engine.delaysMs(),
  };
  const start = () => {
    const started = createEngine({
      source: sourceOf(world, () => now),
      store,
      channels: ['hook'],
      baseUrl: 'http://127.0.0.1:3400/',
      log: pino({ level: 'silent' }),
      count: (counter, by) => counted.set(counter, (counted.get(counter) ?? 0) + by),
    });
    started.apply({ rules, isComplete: true });
    return started;
  };
  let engine = start();
  return world;
}

function sourceOf(world: World, nowOf: () => number): MetricSource {
  const watermarkMs = () => originMs + Math.min(nowOf(), queryableUntil(world, nowOf())) * secondMs;
  const arrived = () => {
    const until = queryableUntil(world, nowOf());
    return world.requests.filter((it) => (it.arrives ?? it.at) < until);
  };
  const answer = async () => {
    if (within(world.storeAway, nowOf())) throw new Error('connection refused');
  };
  return {
    read: async (query): Promise<Reading> => {
      await answer();
      if (within(world.unreadable, nowOf())) throw new Error('too many rows');
      const inWindow = arrived().filter(({ at }) => {
        const startedMs = originMs + at * secondMs;
        return startedMs >= query.fromMs && startedMs < query.toMs;
      });
      return { groups: grouped(inWindow, query), watermarkMs: watermarkMs() };
    },
    health: async () => {
      await answer();
      return { watermarkMs: watermarkMs() };
    },
    ingestLag: async () => {
      const lags = new Map<string, number>();
      for (const { at, arrives = at, labels = {}, durationMs = 0 } of arrived()) {
        const lagMs = (arrives - at) * secondMs - durationMs;
        const service = labels['service'] ?? '';
        lags.set(service, Math.max(lagMs, lags.get(service) ?? 0));
      }
      return lags;
    },
    arrivals: async () =>
      arrived().map(({ at, arrives = at, labels = {} }) => ({
        service: labels['service'] ?? '',
        fromMs: originMs + at * secondMs,
        toMs: originMs + at * secondMs + 1,
        lastIngestedMs: originMs + arrives * secondMs,
      })),
  };
}

function queryableUntil({ stalled }: World, now: number): number {
  return within(stalled, now) ? (stalled?.from ?? now) : now;
}

function within(span: { readonly from: number; readonly to: number } | undefined, now: number): boolean {
  return span !== undefined && now >= span.from && now < span.to;
}

function grouped(requests: readonly MadeRequest[], query: MetricQuery): GroupReading[] {
  const groups = new Map<string, { labels: Labels; members: MadeRequest[] }>();
  for (const request of requests) {
    const labels = Object.fromEntries(query.groupBy.map((label) => [label, request.labels?.[label] ?? '']));
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    groups.set(key, group);
    group.members.push(request);
  }
  return [...groups.values()].map(({ labels, members }) => ({
    labels,
    value: measure(query.signal, members, (query.toMs - query.fromMs) / secondMs),
    samples: members.length,
  }));
}

function measure(signal: Signal, members: readonly MadeRequest[], seconds: number): number {
  const bad = members.filter(({ isError }) => isError === true).length / members.length;
  if (signal.kind === 'error_rate') return 100 * bad;
  if (signal.kind === 'burn_rate') return bad / (1 - signal.slo.objective / 100);
  if (signal.kind === 'throughput') return members.length / seconds;
  if (signal.kind === 'latency') return Math.max(...members.map(({ durationMs = 0 }) => durationMs));
  return members.length;
}
