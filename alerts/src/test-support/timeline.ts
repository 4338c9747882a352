import { pino } from 'pino';
import { alertRule } from '../../schema/index.ts';
import type { AlertRule, AlertRuleInput, Labels } from '../../schema/index.ts';
import { createEngine } from '../engine.ts';
import { planRule } from '../plan.ts';
import type { AlertCounter, AlertStore, MetricQuery, OutboxRow, Reading } from '../ports.ts';
import { createMemoryStore, emptyData } from './memory-store.ts';
import type { MemoryData } from './memory-store.ts';

export const minuteMs = 60_000;
const startMs = 1_800_000_000_000;

/** What the source answers at one tick: a value, a value with samples, groups, nothing, an error, or not yet. */
export type Cell =
  | number
  | null
  | 'error'
  | 'behind'
  | { readonly value: number; readonly samples: number }
  | Readonly<Record<string, number>>;

export interface Sent {
  /** Minutes since the first tick. */
  readonly at: number;
  readonly what: string;
}

export interface Timeline {
  readonly store: AlertStore;
  readonly data: MemoryData;
  readonly counted: ReadonlyMap<AlertCounter, number>;
  readonly rows: () => readonly OutboxRow[];
  /** Sent so far, as `trigger critical`, `resolve critical ok`, `trigger no_data` ... */
  readonly sent: () => readonly Sent[];
  /** Evaluates at minute `at`; the next ticks read from the script. */
  readonly tick: (at: number) => Promise<void>;
  /** Ticks from one minute to another, both included. */
  readonly run: (from: number, to: number) => Promise<void>;
  /** A new engine on the stored state, as after kill -9. */
  readonly restart: (rules?: readonly AlertRule[], isComplete?: boolean) => void;
  readonly timeOf: (at: number) => number;
}

/** A rule with the defaults of the acceptance scenarios: a tick a minute, no delay, threshold with `>`. */
export function scenarioRule(part: Partial<AlertRuleInput> = {}): AlertRule {
  return alertRule.parse({
    uid: 'scenario',
    name: 'scenario',
    signal: { kind: 'latency', quantile: 0.95 },
    schedule: { every: '1m', delay: '0s', window: '1m' },
    conditions: [{ severity: 'critical', threshold: 0 }],
    ...part,
  });
}

/** The real engine on a scripted source and virtual time; minute 0 is the rule's first tick. */
export function openTimeline(
  rule: AlertRule,
  script: (at: number) => Cell,
  channels: readonly string[] = ['hook'],
): Timeline {
  const data = emptyData();
  const store = createMemoryStore(data);
  const { offsetMs } = planRule(rule);
  const originMs = Math.floor(startMs / minuteMs) * minuteMs + offsetMs;
  const counted = new Map<AlertCounter, number>();
  const source = {
    read: async (query: MetricQuery) => toReading(script((query.toMs - originMs) / minuteMs), query),
  };
  const start = (rules: readonly AlertRule[], isComplete: boolean) => {
    const engine = createEngine({
      source,
      store,
      channels,
      baseUrl: 'http://127.0.0.1:3400/',
      log: pino({ level: 'silent' }),
      count: (counter, by) => counted.set(counter, (counted.get(counter) ?? 0) + by),
    });
    engine.apply({ rules, isComplete });
    return engine;
  };
  let engine = start([rule], true);
  const timeOf = (at: number) => originMs + at * minuteMs;
  const tick = async (at: number) => void (await engine.tick(timeOf(at)));
  const rows = () => [...data.outbox.values()].map(({ row }) => row);
  return {
    store,
    data,
    counted,
    rows,
    timeOf,
    tick,
    sent: () =>
      rows().map(({ createdAtMs, notification: { transition, kind, severity, reason } }) => ({
        at: (createdAtMs - originMs) / minuteMs,
        what: [transition, kind === 'condition' ? severity : kind, ...(reason === null ? [] : [reason])].join(
          ' ',
        ),
      })),
    run: async (from, to) => {
      for (let at = from; at <= to; at += 1) await tick(at);
    },
    restart: (rules = [rule], isComplete = true) => {
      engine = start(rules, isComplete);
    },
  };
}

function toReading(cell: Cell, query: MetricQuery): Reading {
  const fresh = { watermarkMs: query.toMs };
  if (cell === 'error') throw new Error('database is away');
  if (cell === 'behind') return { groups: [], watermarkMs: query.toMs - 1 };
  if (cell === null) return { ...fresh, groups: [] };
  if (typeof cell === 'number') return { ...fresh, groups: [{ labels: {}, value: cell, samples: 1_000 }] };
  if (isSampled(cell)) return { ...fresh, groups: [{ labels: {}, ...cell }] };
  const [label = ''] = query.groupBy;
  const groups = Object.entries(cell).map(([name, value]) => ({
    labels: labelled(label, name),
    value,
    samples: value,
  }));
  return { ...fresh, groups };
}

function isSampled(cell: object): cell is { readonly value: number; readonly samples: number } {
  return 'value' in cell && 'samples' in cell;
}

function labelled(label: string, value: string): Labels {
  return { [label]: value };
}
