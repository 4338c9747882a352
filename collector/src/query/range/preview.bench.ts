/**
 * What a preview of an alert rule costs over two weeks of an installation that made 20 M spans: 4 M requests of twelve services
 * with forty operations each, and ten queues. Prints JSON. `--keep <dir>` leaves the database there and uses it again.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { previewRule } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import type { AlertRuleInput } from '@nightjar/alerts/schema';
import { createMetricSource } from '../metric-source.ts';
import { createRangeSource } from './range-source.ts';
import { migrate } from '../../storage/migrate.ts';
import { openStorage } from '../../storage/open.ts';
import type { Storage } from '../../storage/types.ts';

const days = 14;
const dayMs = 86_400_000;
const spans = 20_000_000;
/** Two of ten spans begin a request in a service, as in the storage benchmark. */
const requests = spans / 5;
const endMs = Date.UTC(2026, 10, 15);
const beginMs = endMs - days * dayMs;
const limitMs = 5_000;

const grouped = { groupBy: ['service', 'operation'], schedule: { every: '1m', window: '5m', delay: '30s' } };
const rules: Readonly<Record<string, AlertRuleInput>> = {
  'latency p99 a service and operation': {
    ...rule('latency-p99', { kind: 'latency', quantile: 0.99 }, 400),
    ...grouped,
    guard: { minSamples: 20 },
    for: '2m',
  },
  'latency p99 a service': {
    ...rule('latency-service', { kind: 'latency', quantile: 0.99 }, 400),
    groupBy: ['service'],
    guard: { minSamples: 20 },
  },
  'latency p99 a service and operation, threshold in the middle of what is usual': {
    ...rule('latency-noisy', { kind: 'latency', quantile: 0.99 }, 190),
    ...grouped,
    guard: { minSamples: 20 },
  },
  'error rate a service and operation': {
    ...rule('errors', { kind: 'error_rate' }, 10),
    ...grouped,
    guard: { minSamples: 20 },
  },
  'error rate a service': { ...rule('errors-service', { kind: 'error_rate' }, 5), groupBy: ['service'] },
  'queue depth': {
    ...rule('depth', { kind: 'queue', metric: 'depth', agg: 'last' }, 1_000),
    groupBy: ['queue'],
    for: '5m',
  },
  'burn rate a service': {
    uid: 'burn',
    name: 'burn',
    signal: { kind: 'burn_rate', slo: { objective: 98 } },
    groupBy: ['service'],
  },
};

const { values: options } = parseArgs({ options: { keep: { type: 'string' } } });
const dir = options.keep ?? (await mkdtemp(join(tmpdir(), 'nightjar-backtest-')));
const isNew = !existsSync(join(dir, 'db'));
const storage = await openStorage({ mode: 'embedded', path: join(dir, 'db') });
try {
  await migrate(storage);
  const seededMs = isNew ? await timed(async () => await seed(storage)) : null;
  const results = [];
  for (const [name, input] of Object.entries(rules)) results.push(await measure(name, input));
  const slowestMs = Math.max(...results.map(({ ms }) => ms));
  const isWithinLimit = slowestMs < limitMs;
  const summary = { days, spans, requests, seededMs, limitMs, slowestMs, isWithinLimit, rules: results };
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  if (!isWithinLimit) process.exitCode = 1;
} finally {
  await storage.close();
  if (options.keep === undefined) await rm(dir, { recursive: true, force: true });
}

async function measure(name: string, input: AlertRuleInput) {
  const source = createRangeSource({
    storage,
    source: createMetricSource({ storage, watermarkMs: () => endMs }),
  });
  const cpu = process.cpuUsage();
  let text = '';
  let groups = { seen: 0, watched: 0 };
  let pages = 0;
  const ms = await timed(async () => {
    const preview = await previewRule(
      { rule: alertRule.parse(input), fromMs: beginMs, toMs: endMs },
      { source, signal: AbortSignal.timeout(600_000) },
    );
    ({ summary: text, groups } = preview);
    pages = preview.noise.pages;
  });
  const { user, system } = process.cpuUsage(cpu);
  return { name, ms, cpuMs: Math.round((user + system) / 1_000), groups, pages, summary: text };
}

function rule(uid: string, signal: AlertRuleInput['signal'], threshold: number): AlertRuleInput {
  return {
    uid,
    name: uid,
    signal,
    conditions: [{ severity: 'critical', threshold, recover: threshold * 0.8 }],
  };
}

/** The same every time: hashes of the row's number. Some minutes of some services are slow, some fail. */
async function seed(target: Storage): Promise<void> {
  const perDay = requests / days;
  for (let day = 0; day < days; day += 1) {
    const from = Math.round(day * perDay);
    const count = Math.round((day + 1) * perDay) - from;
    await target.command(requestsInsert({ from, count, startMs: beginMs + day * dayMs }));
  }
  await target.command(`INSERT INTO metric_points (name, service, series_id, time, start_time, type, unit, value, queue)
SELECT 'nightjar.queue.depth', 'mail', number % 10,
  fromUnixTimestamp64Milli(toInt64(${beginMs}) + toInt64(intDiv(number, 10)) * 60000),
  fromUnixTimestamp64Milli(toInt64(${beginMs})), 'gauge', '',
  floor(${uniform("number, 'depth'")} * 300) + if(sipHash64(intDiv(number, 600), number % 10) % 97 = 0, 2000, 0),
  concat('queue-', toString(number % 10))
FROM numbers(${(days * dayMs) / 60_000} * 10)`);
}

function requestsInsert(part: {
  readonly from: number;
  readonly count: number;
  readonly startMs: number;
}): string {
  const { from, count, startMs } = part;
  return `INSERT INTO requests (service, environment, release, language, operation, kind, start_time, trace_id, span_id,
  is_root, duration_ns, status, http_status, is_error, db_query_count, db_statement_count, db_duration_ns, finding_count, weight)
SELECT
  concat('service-', toString(toUInt32(floor(12 * pow(${uniform("n, 'service'")}, 3))))) AS service,
  'production', 'v1', 'nodejs',
  concat('GET /route/', toString(toUInt32(floor(40 * pow(${uniform("n, 'operation'")}, 3))))) AS operation,
  2,
  fromUnixTimestamp64Milli(toInt64(${startMs}) + toInt64((n - ${from}) * (${dayMs} / ${count}))) AS start_time,
  unhex(hex(sipHash128(n, 'trace'))), unhex(hex(sipHash64(n, 'span'))), true,
  toUInt64(1000000 * (2 + 200 * pow(${uniform("n, 'duration'")}, 6)) * if(sipHash64(intDiv(n, 2000), service) % 400 = 0, 6, 1)),
  0, 200,
  ${uniform("n, 'error'")} < if(sipHash64(intDiv(n, 3000), service, 'bad') % 300 = 0, 0.3, 0.01) AS is_error,
  5, 2, 1000000, 0, 1
FROM (SELECT number + ${from} AS n FROM numbers(${count}))`;
}

/** In [0, 1), by a seed of SQL. */
function uniform(by: string): string {
  return `(toFloat64(sipHash64(${by})) / 18446744073709551616.)`;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round(performance.now() - startedMs);
}
