// What evaluating 1,000 rules of 50 groups each costs: the engine with its SQLite store over readings that cost nothing,
// and all of it over an embedded ClickHouse. Prints JSON. `npm run bench:alerts`
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@nightjar/alerts';
import type { MetricSource } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import type { AlertRule, AlertRuleInput } from '@nightjar/alerts/schema';
import { pino } from 'pino';
import { createMetricSource } from '../../collector/src/query/metric-source.ts';
import { openSqliteState } from '../../collector/src/state/sqlite/driver.ts';
import { migrate } from '../../collector/src/storage/migrate.ts';
import { openStorage } from '../../collector/src/storage/open.ts';
import type { Storage } from '../../collector/src/storage/types.ts';

/** `node test/bench/alerts.ts 100` measures fewer. */
const ruleCount = Number(process.argv[2] ?? 1_000);
const groupCount = 50;
const minuteMs = 60_000;
const rounds = 2;
const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * Rules over the same few signals with a threshold of their own; with a filter of their own on the label that they group
 * by; with one on a label that they do not group by, which makes every one a query of its own.
 */
function rules(kind: 'shared' | 'ownGroups' | 'ownQueries', count = ruleCount): AlertRule[] {
  const signals: AlertRuleInput['signal'][] = [
    { kind: 'latency', quantile: 0.95 },
    { kind: 'error_rate' },
    { kind: 'throughput' },
    { kind: 'latency', quantile: 0.99 },
  ];
  return Array.from({ length: count }, (_, index) => {
    const signal = signals[index % signals.length] ?? { kind: 'error_rate' };
    const label = kind === 'ownGroups' ? 'service' : 'operation';
    const filter = [{ label, op: '!=' as const, value: `no-${index}` }];
    return alertRule.parse({
      uid: `rule-${index}`,
      name: `rule ${index}`,
      signal: kind === 'shared' ? signal : { ...signal, filter },
      groupBy: ['service'],
      schedule: { every: '1m', delay: '30s', window: '5m' },
      conditions: [{ severity: 'warning', threshold: 1_000_000 + index }],
    });
  });
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1_000 };
}

async function measureEngine(source: MetricSource, ruleSet: readonly AlertRule[]): Promise<Cost> {
  const dir = mkdtempSync(join(tmpdir(), 'nightjar-bench-alerts-'));
  const state = openSqliteState(join(dir, 'state.sqlite'));
  let failed = 0;
  const engine = createEngine({
    source,
    store: state.alerts,
    channels: ['log'],
    baseUrl: 'http://127.0.0.1:3400/',
    log: pino({ level: 'silent' }),
    count: (counter, by) => {
      if (counter === 'rules_failed' || counter === 'reads_failed') failed += by;
    },
  });
  engine.apply({ rules: ruleSet, isComplete: true });
  const costs: Cost[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const cost = await costOf(async () => void (await engine.tick(nowMs + round * minuteMs)));
    // The first round makes the state that the others take forward.
    if (round > 0) costs.push(cost);
  }
  const stored = await state.alerts.listAlerts({ rowsMax: 1_000_000 });
  await state.close();
  rmSync(dir, { recursive: true });
  if (failed > 0) throw new Error(`${failed} rules or readings failed`);
  if (stored.length !== ruleSet.length * groupCount)
    throw new Error(`${stored.length} groups were evaluated`);
  return median(costs);
}

function median(costs: readonly Cost[]): Cost {
  const middle = (of: (cost: Cost) => number) =>
    Math.round(costs.map(of).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0);
  return { wallMs: middle(({ wallMs }) => wallMs), cpuMs: middle(({ cpuMs }) => cpuMs) };
}

const free: MetricSource = {
  read: async ({ groupBy, toMs }) => ({
    watermarkMs: toMs,
    groups: Array.from({ length: groupCount }, (_, index) => ({
      labels: Object.fromEntries(groupBy.map((label) => [label, `service-${index}`])),
      value: (toMs / minuteMs + index) % 500,
      samples: 1_000,
    })),
  }),
};

/** Twenty minutes of 50 services with 20 operations each, 500 requests a second: 600,000. */
async function seed(storage: Storage): Promise<void> {
  const perMinute = 30_000;
  for (let minute = -15; minute < 5; minute += 1) {
    await storage.command(`INSERT INTO spans
      (trace_id, span_id, service, operation, environment, release, is_entry, kind, start_time, duration_ns, status, ingested_at)
SELECT
  unhex(hex(sipHash128(number, ${minute}))),
  unhex(hex(sipHash64(number))),
  concat('service-', toString(number % ${groupCount})),
  concat('GET /', toString(intDiv(number, ${groupCount}) % 20)),
  'production', '1.0.0', true, 2,
  fromUnixTimestamp64Milli(toInt64(${nowMs + minute * minuteMs} + 2 * number)),
  toUInt64(1000000 + sipHash64(number) % 400000000),
  if(number % 100 = 0, 2, 0),
  toDateTime(${Math.floor((nowMs + minute * minuteMs) / 1_000)} + intDiv(number, 500))
FROM numbers(${perMinute})`);
  }
}

async function measureEmbedded(): Promise<Record<string, Cost>> {
  const dir = mkdtempSync(join(tmpdir(), 'nightjar-bench-alerts-db-'));
  const storage = await openStorage({ mode: 'embedded', path: dir });
  await migrate(storage);
  const seeded = await costOf(async () => await seed(storage));
  process.stderr.write(`seeded in ${Math.round(seeded.wallMs)} ms\n`);
  const source = createMetricSource({ storage, watermarkMs: () => nowMs + 60 * minuteMs });
  const result = {
    shared: await measureEngine(source, rules('shared')),
    ownGroups: await measureEngine(source, rules('ownGroups')),
    tenthWithOwnQueries: await measureEngine(source, rules('ownQueries', ruleCount / 10)),
  };
  await storage.close();
  rmSync(dir, { recursive: true });
  return result;
}

const engineAndStore = await measureEngine(free, rules('ownQueries'));
process.stderr.write(`${JSON.stringify(engineAndStore)}\n`);
const embedded = await measureEmbedded();
process.stdout.write(
  `${JSON.stringify({ rules: ruleCount, groups: groupCount, cpu: cpus()[0]?.model, engineAndStore, embedded }, null, 2)}\n`,
);
