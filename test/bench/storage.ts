/**
 * Bytes a span and query times of the `spans` table against the usual OTLP table, other sort orders and other id forms.
 * Prints JSON. `npm run bench:storage [spans]`; 1,000,000 by default.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { spansSelect } from './storage-spans.ts';
import { columns, variants, type Sample, type Variant } from './storage-variants.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const blocks = 20;
const repeats = 5;
const schema = new URL('../../collector/src/storage/schema/', import.meta.url);

const dir = mkdtempSync(join(tmpdir(), 'nightjar-bench-'));
const session = new Session(join(dir, 'db'));
try {
  console.log(JSON.stringify(run(), undefined, 2));
} finally {
  session.close();
  rmSync(dir, { recursive: true, force: true });
}

function run(): unknown {
  for (const file of readdirSync(schema).toSorted()) execute(readFileSync(new URL(file, schema), 'utf8'));
  execute(`CREATE TABLE source ENGINE = MergeTree ORDER BY number AS ${spansSelect(count)}`);
  const sample = takeSample();
  const results = variants.map((variant) => measure(variant(sample)));
  const baseline = results[0];
  return {
    engine: select<{ v: string }>('SELECT version() AS v')[0]?.v,
    spans: count,
    repeats,
    results: results.map((result) => ({
      ...result,
      timesOurs: ratios(result.medianCpuMs, baseline?.medianCpuMs ?? {}),
    })),
  };
}

function takeSample(): Sample {
  const rows = select<{ id: string }>(
    'SELECT DISTINCT lower(hex(trace_id)) AS id FROM source WHERE number % 997 = 0 ORDER BY id LIMIT 200',
  );
  const traceIds = rows.map((row) => row.id);
  return { traceId: traceIds[100] ?? '', traceIds };
}

interface Result {
  readonly variant: string;
  /** Processor time of the process, merges in the background included. */
  readonly insertCpuUsPerSpan: number;
  readonly bytesPerSpan: number;
  readonly bytesPerSpanBy: Readonly<Record<string, number>>;
  readonly medianMs: Readonly<Record<string, number>>;
  /** The same, waiting for a processor left out: what a busy machine does not disturb. */
  readonly medianCpuMs: Readonly<Record<string, number>>;
}

function measure(variant: Variant): Result {
  if (variant.name !== 'spans') for (const ddl of variant.ddl) execute(ddl);
  const startedCpu = process.cpuUsage();
  for (let block = 0; block < blocks; block += 1) {
    const from = Math.floor((count / blocks) * block);
    const to = Math.floor((count / blocks) * (block + 1));
    execute(`${variant.insert} WHERE number >= ${from} AND number < ${to}`);
  }
  if (variant.name === 'spans') insertResources();
  const insertCpuUs = cpuUs(startedCpu);
  for (const table of variant.tables) execute(`OPTIMIZE TABLE ${table} FINAL`);
  const bytes = bytesOf(variant);
  const times = Object.entries(variant.questions).map(([name, sql]) => [name, medianOf(sql)] as const);
  return {
    variant: variant.name,
    insertCpuUsPerSpan: round(insertCpuUs / count),
    bytesPerSpan: round(Object.values(bytes).reduce((sum, part) => sum + part, 0) / count),
    bytesPerSpanBy: Object.fromEntries(
      Object.entries(bytes).map(([group, size]) => [group, round(size / count)]),
    ),
    medianMs: Object.fromEntries(times.map(([name, { wallMs }]) => [name, round(wallMs)])),
    medianCpuMs: Object.fromEntries(times.map(([name, { cpuMs }]) => [name, round(cpuMs)])),
  };
}

function insertResources(): void {
  execute(`INSERT INTO resources (resource_id, service, attributes, seen_at)
SELECT resource_id, any(service), map('host.name', 'node', 'host.arch', 'amd64', 'process.runtime.version', '24.3.0'), now()
FROM source GROUP BY resource_id`);
}

/** Compressed bytes by what the columns are for; indexes and other tables beside them. */
function bytesOf(variant: Variant): Record<string, number> {
  const [main, ...others] = variant.tables;
  const groups: Record<string, number> = {};
  const add = (group: string, size: number): void => {
    groups[group] = (groups[group] ?? 0) + size;
  };
  const parts = select<{ column: string; size: number }>(
    `SELECT column, toFloat64(sum(column_data_compressed_bytes + column_marks_bytes)) AS size FROM system.parts_columns
WHERE database = 'default' AND table = '${main}' AND active GROUP BY column`,
  );
  let columnBytes = 0;
  for (const { column, size } of parts) {
    columnBytes += size;
    add(groupOf(column), size);
  }
  add('indexes and other', diskBytes(main ?? '') - columnBytes);
  for (const other of others) add(`table ${other}`, diskBytes(other));
  return groups;
}

function diskBytes(table: string): number {
  const sql = `SELECT toFloat64(sum(bytes_on_disk)) AS size FROM system.parts WHERE database = 'default' AND table = '${table}' AND active`;
  return select<{ size: number }>(sql)[0]?.size ?? 0;
}

function groupOf(column: string): string {
  if (/^(trace_?id|span_?id|parent_?span_?id)$/i.test(column)) return 'ids';
  if (/^(attributes_|SpanAttributes)/.test(column)) return 'attribute maps';
  if (/^(resource|Resource)/.test(column)) return 'resource';
  if (/^(start_time|Timestamp|duration_ns|Duration|ingested_at)$/.test(column)) return 'times';
  if (/^(db_|parameter_hash)/.test(column)) return 'database columns';
  return columns.includes(column) ? 'other typed columns' : 'other columns';
}

function medianOf(sql: string): { readonly wallMs: number; readonly cpuMs: number } {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < repeats; run += 1) {
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    session.query(sql, 'Native');
    cpu.push(cpuUs(startedCpu) / 1_000);
    wall.push(performance.now() - startedMs);
  }
  return { wallMs: median(wall), cpuMs: median(cpu) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function cpuUs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function execute(sql: string): void {
  session.query(sql, 'CSV');
}

function select<Row>(sql: string): Row[] {
  const text = session.query(sql, 'JSONEachRow');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

function ratios(
  times: Readonly<Record<string, number>>,
  ours: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(times).map(([name, time]) => [name, round(time / (ours[name] ?? time))]),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
