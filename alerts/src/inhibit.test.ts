// Inhibition between rules through the real engine in virtual time; each minute both rules are due.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { inhibition } from '../schema/index.ts';
import { createEngine } from './engine.ts';
import type { MetricQuery } from './ports.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';
import { minuteMs, scenarioRule } from './test-support/timeline.ts';

const originMs = 1_800_000_000_000;
const conditions = [{ severity: 'critical' as const, threshold: 0 }];
const latency = scenarioRule({ uid: 'a-latency', name: 'Slow', groupBy: ['service'], conditions });
const down = scenarioRule({
  uid: 'z-down',
  name: 'Service down',
  signal: { kind: 'throughput' },
  groupBy: ['service'],
  conditions,
});
const rules = [latency, down];
const downFirst = inhibition.parse({
  name: 'down explains slow',
  source: [{ label: 'alertname', value: 'Service down' }],
  target: [{ label: 'alertname', value: 'Slow' }],
  equal: ['service'],
});

/** What fires at a minute, `<signal> <service>`. */
type Minute = readonly string[];
const slowA = 'latency a';
const slowB = 'latency b';
const downA = 'throughput a';

it.each<{ name: string; minutes: readonly Minute[]; sent: readonly string[] }>([
  {
    name: '23: a service that is down keeps its own latency quiet, not that of others',
    minutes: [[downA, slowA, slowB]],
    sent: ['0 trigger Service down a', '0 trigger Slow b'],
  },
  {
    name: '23b: when the source ends and the target still fires, the target is told',
    minutes: [[downA, slowA], [downA, slowA], [slowA], [slowA]],
    sent: ['0 trigger Service down a', '2 resolve Service down a', '2 trigger Slow a'],
  },
  {
    name: '23c: when both end, a target that nobody heard of is not told',
    minutes: [[downA, slowA], []],
    sent: ['0 trigger Service down a', '1 resolve Service down a'],
  },
  {
    name: '23d: when both end, the resolve of a target that was told goes out too',
    minutes: [[slowA], [downA, slowA], []],
    sent: ['0 trigger Slow a', '1 trigger Service down a', '2 resolve Service down a', '2 resolve Slow a'],
  },
  {
    name: 'the resolve of a target that was told passes while the source fires',
    minutes: [[slowA], [downA, slowA], [downA]],
    sent: ['0 trigger Slow a', '1 trigger Service down a', '2 resolve Slow a'],
  },
])('$name', async ({ minutes, sent }) => {
  expect(await run(minutes, [downFirst])).toEqual(sent);
});

it('alerts that are source and target of one inhibition do not hold each other back', async () => {
  const all = [{ label: 'severity', value: 'critical' }];
  const mutual = inhibition.parse({ name: 'mutual', source: all, target: all, equal: ['service'] });
  expect(await run([[downA, slowA]], [mutual])).toHaveLength(2);
});

it('a group of a rule holds back another group of the same rule, by its state after the tick', async () => {
  const within = inhibition.parse({
    name: 'a holds back b',
    source: [{ label: 'service', value: 'a' }],
    target: [{ label: 'service', value: 'b' }],
    equal: ['alertname'],
  });
  const minutes = [[slowA, slowB], [slowB]];
  expect(await run(minutes, [within])).toEqual(['0 trigger Slow a', '1 resolve Slow a', '1 trigger Slow b']);
});

it('without inhibitions both are told', async () => {
  expect(await run([[downA, slowA]], [])).toHaveLength(2);
});

async function run(
  minutes: readonly Minute[],
  inhibitions: readonly (typeof downFirst)[],
): Promise<string[]> {
  const data = emptyData();
  const read = async ({ signal, toMs }: MetricQuery) => ({
    watermarkMs: toMs,
    groups: ['a', 'b'].map((service) => {
      const firing = minutes[Math.floor((toMs - originMs) / minuteMs)] ?? [];
      const value = firing.includes(`${signal.kind} ${service}`) ? 1 : 0;
      return { labels: { service }, value, samples: 100 };
    }),
  });
  const engine = createEngine({
    source: { read },
    store: createMemoryStore(data),
    channels: ['hook'],
    baseUrl: 'http://127.0.0.1:3400',
    log: pino({ level: 'silent' }),
  });
  engine.apply({ rules, isComplete: true, inhibitions });
  // The last moment of each minute: both rules had their tick in it, whatever their offset.
  for (const index of minutes.keys()) await engine.tick(originMs + (index + 1) * minuteMs - 1);
  return [...data.outbox.values()].map(({ row: { createdAtMs, notification } }) => {
    const { transition, ruleName, labels } = notification;
    const minute = Math.floor((createdAtMs - originMs) / minuteMs);
    return `${minute} ${transition} ${ruleName} ${labels['service'] ?? ''}`;
  });
}
