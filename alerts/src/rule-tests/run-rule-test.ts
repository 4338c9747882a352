import { pino } from 'pino';
import { durationMs } from '../../schema/index.ts';
import type { AlertRule, Notification, RuleTest } from '../../schema/index.ts';
import { createDeliveryWorker } from '../delivery/worker.ts';
import { createEngine } from '../engine.ts';
import { planRule } from '../plan.ts';
import type { AlertStore, MetricSource } from '../ports.ts';
import { compareEvents } from './compare-events.ts';
import type { ToldEvent } from './compare-events.ts';
import { seriesSource } from './series-source.ts';
import { asTested } from './stage.ts';
import type { Stage } from './stage.ts';

/** Ticks of one test. */
export const testTicksMax = 20_000;

/** Stored spans as a rule reads them. */
export interface StoredSpans {
  readonly source: MetricSource;
  /** Start of the first span, epoch ms. */
  readonly firstMs: number;
  close(): Promise<void>;
}

export interface RuleTestPorts {
  /** An empty store, once a test. */
  readonly openStore: () => AlertStore;
  /** Reads, decodes and stores a file of spans. Rejects with a message for people. */
  readonly openSpans: (file: string) => Promise<StoredSpans>;
}

export interface RuleTestResult {
  readonly name: string;
  /** None: it passed. */
  readonly problems: readonly string[];
}

/** Runs a rule through the real engine and the real delivery in virtual time, and compares what a channel was told. */
export async function runRuleTest(
  rule: AlertRule,
  test: RuleTest,
  ports: RuleTestPorts,
): Promise<RuleTestResult> {
  const { name, input } = test;
  try {
    if (input.spansFrom !== undefined) return { name, problems: await runOnSpans(rule, test, ports) };
    const made = seriesSource(rule, test);
    if (!made.ok) return { name, problems: [made.problem] };
    const told = await play(made.value.rule, ports, made.value);
    return { name, problems: compareEvents(test.expect, told) };
  } catch (error) {
    return { name, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

async function runOnSpans(rule: AlertRule, test: RuleTest, ports: RuleTestPorts): Promise<readonly string[]> {
  const spans = await ports.openSpans(test.input.spansFrom ?? '');
  try {
    const quiet = asTested(rule, { ...rule.schedule, correctLate: false });
    const { everyMs, offsetMs } = planRule(quiet);
    const firstTickMs = Math.ceil((spans.firstMs - offsetMs) / everyMs) * everyMs + offsetMs;
    const lastMs = Math.max(...test.expect.map(({ at }) => durationMs(at)));
    const ticks = Math.floor(lastMs / everyMs) + 1;
    const told = await play(quiet, ports, { source: spans.source, firstTickMs, ticks, stepMs: everyMs });
    return compareEvents(test.expect, told);
  } finally {
    await spans.close();
  }
}

async function play(rule: AlertRule, ports: RuleTestPorts, stage: Stage): Promise<ToldEvent[]> {
  const { source, firstTickMs, ticks, stepMs } = stage;
  if (ticks > testTicksMax) throw new Error(`the test is longer than ${testTicksMax} ticks`);
  const store = ports.openStore();
  const log = pino({ level: 'silent' });
  const told: ToldEvent[] = [];
  let nowMs = firstTickMs;
  const channel = {
    name: channelName,
    send: async (notification: Notification) => {
      const sinceMs = nowMs - firstTickMs;
      told.push(eventOf(notification, Math.floor(sinceMs / stepMs) * stepMs));
      return { kind: 'delivered' as const };
    },
  };
  const worker = createDeliveryWorker({ store, channels: [channel], baseUrl, now: () => nowMs, log });
  const engine = createEngine({ source, store, channels: [channelName], baseUrl, log });
  engine.apply({ rules: [rule], isComplete: true });
  const { everyMs } = planRule(rule);
  try {
    for (let tick = 0; tick < ticks; tick += 1) {
      nowMs = firstTickMs + tick * everyMs;
      await engine.tick(nowMs);
      while ((await worker.drain(channelName)) > 0);
    }
  } finally {
    await store.close();
  }
  return told;
}

const channelName = 'test';
const baseUrl = 'http://127.0.0.1:3400/';

function eventOf(notification: Notification, atMs: number): ToldEvent {
  const { transition, kind, labels, severity, reason, title } = notification;
  const starts = { no_data: 'nodata', rule_error: 'rule_error' } as const;
  const isOfRule = kind === 'no_data' || kind === 'rule_error';
  const event = transition === 'resolve' ? 'resolve' : isOfRule ? starts[kind] : 'trigger';
  return { atMs, kind: event, group: labels, severity, reason, text: title };
}
