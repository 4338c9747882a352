/**
 * CPU time of the SQL fingerprint: a statement never seen, one seen before, and hostile texts of 1 MiB. Prints JSON.
 * `npm run bench:fingerprint`
 */
import { createRequire } from 'node:module';
import { fingerprintOf, maskLiterals, shapeOf } from '@nightjar/agent/sql';
import type { SqlShape } from '@nightjar/agent/sql';
import { loadModule, fingerprintSync } from 'libpg-query';
import { benchStatements } from './fingerprint-statements.ts';
import type { BenchStatement } from './fingerprint-statements.ts';

const ROUNDS = 40;
/** Sets a round, each of texts that no other set or round has: the clock of CPU time is coarse. */
const SETS = 120;
const CACHED_RUNS = 1_000_000;
const HOSTILE_LENGTH = 1_048_576;
const HOSTILE_ROUNDS = 3;
const WARM_UP_ROUNDS = 4;
const NEW_RELIC_DIALECTS: Readonly<Record<string, string>> = {
  mysql: 'mysql',
  postgresql: 'postgres',
  oracle: 'oracle',
};

/** What the results go into, so that no call can be optimised away. */
let sink = 0;

interface Run {
  readonly name: string;
  readonly isRead: (dialect: string) => boolean;
  readonly read: (statement: BenchStatement) => number;
}

interface Times {
  readonly cpuUs: number[];
  readonly bestUs: number[];
}

/** Sets handed out so far: each is marked by its number. */
let made = 0;

const ownRuns: readonly Run[] = [
  { name: 'fingerprint', isRead: () => true, read: readFingerprint },
  { name: 'shape', isRead: () => true, read: readShape },
  { name: 'mask', isRead: () => true, read: readMask },
];
await loadModule();
console.log(JSON.stringify(report(), undefined, 2));

function report(): unknown {
  const all = freshSets().flat();
  const first = all.slice(0, all.length / SETS);
  const runs = [...ownRuns, ...peerRuns()];
  // One after the other in each round, so that a busy minute of the machine is shared by all.
  const times = runs.map((): Times => ({ cpuUs: [], bestUs: Array.from({ length: SETS }, () => Infinity) }));
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round++) {
    for (const [i, run] of runs.entries()) {
      const spent = times[i];
      if (spent !== undefined) measure(run, spent, round >= WARM_UP_ROUNDS);
    }
  }
  return {
    node: process.version,
    statements: {
      distinct: first.length,
      meanCharacters: round(all.reduce((sum, { sql }) => sum + sql.length, 0) / all.length),
      texts: made * first.length,
      dialects: [...new Set(first.map(({ dialect }) => dialect))],
    },
    uncachedUs: Object.fromEntries(runs.map(({ name }, i) => [name, summaryOf(times[i])])),
    cachedNs: cachedNs(first),
    hostileMs: hostileMs(),
  };
}

function readFingerprint({ sql, dialect }: BenchStatement): number {
  const found = fingerprintOf(sql, dialect);
  return found.fingerprint.length + found.literals;
}

function readShape({ sql, dialect }: BenchStatement): number {
  const shape = shapeOf(sql, dialect);
  return sizeOf(shape);
}

function sizeOf(shape: SqlShape): number {
  const { fingerprint, text, summary, operation, tables, predicateColumns, literalHash } = shape;
  // A join is a tree until a character of it is asked for.
  return (
    fingerprint.length +
    text.charCodeAt(text.length >> 1) +
    summary.charCodeAt(summary.length >> 1) +
    operation.length +
    tables.length +
    predicateColumns.length +
    literalHash
  );
}

function readMask({ sql, dialect }: BenchStatement): number {
  return maskLiterals(sql, dialect).length;
}

/** New Relic's obfuscator is run where the package is installed; it is no dependency of this repository. */
function peerRuns(): readonly Run[] {
  const runs: Run[] = [
    {
      name: 'libpgQuery (postgresql)',
      isRead: (dialect) => dialect === 'postgresql',
      read: ({ sql }) => fingerprintSync(sql).length,
    },
  ];
  try {
    const obfuscate: unknown = createRequire(import.meta.url)('newrelic/lib/util/sql/obfuscate.js');
    if (typeof obfuscate === 'function') {
      runs.push({
        name: 'newRelicObfuscate (mysql, postgresql, oracle)',
        isRead: (dialect) => dialect in NEW_RELIC_DIALECTS,
        read: ({ sql, dialect }) =>
          String(Reflect.apply(obfuscate, undefined, [sql, NEW_RELIC_DIALECTS[dialect]])).length,
      });
    }
  } catch {
    // Not installed: the report then names one peer only.
  }
  return runs;
}

function freshSets(): readonly (readonly BenchStatement[])[] {
  return Array.from({ length: SETS }, () => benchStatements(`_${(made++).toString(36).padStart(4, '0')}`));
}

/** CPU time of all sets together, for its clock is coarse, and wall-clock time of each. */
function measure({ isRead, read }: Run, { cpuUs, bestUs }: Times, isWarm: boolean): void {
  const own = freshSets().map((set) => set.filter(({ dialect }) => isRead(dialect)));
  const before = process.threadCpuUsage();
  for (const [i, set] of own.entries()) {
    const start = performance.now();
    for (const statement of set) sink += read(statement);
    const us = ((performance.now() - start) * 1_000) / set.length;
    if (isWarm && us < (bestUs[i] ?? Infinity)) bestUs[i] = us;
  }
  const spent = process.threadCpuUsage(before);
  if (isWarm) cpuUs.push((spent.user + spent.system) / own.flat().length);
}

/** `quiet` takes the best round of each set: what the code costs while nobody else is on the core. */
function summaryOf(times: Times | undefined): { medianCpu: number; quiet: number } {
  const best = times?.bestUs ?? [];
  return {
    medianCpu: round(median(times?.cpuUs ?? [])),
    quiet: round(best.reduce((sum, time) => sum + time, 0) / best.length),
  };
}

function cachedNs(statements: readonly BenchStatement[]): number {
  const times: number[] = [];
  const bound = statements.filter(({ sql, dialect }) => fingerprintOf(sql, dialect).literals < 2);
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage();
    for (let i = 0; i < CACHED_RUNS;) {
      for (const { sql, dialect } of bound) {
        sink += fingerprintOf(sql, dialect).literals;
        i++;
      }
    }
    const spent = process.threadCpuUsage(before);
    times.push(((spent.user + spent.system) * 1_000) / CACHED_RUNS);
  }
  return round(median(times));
}

function hostileMs(): Record<string, number> {
  const parts = [
    '[',
    '[a ',
    '(',
    "'",
    '"',
    '="a',
    "\\'",
    '$',
    '$a',
    ' $a$ $b',
    " q'[",
    '/*',
    '/**/',
    '-',
    '- ',
    '-/**/ ',
    '%(a',
    '1.',
    '1e+',
    '?',
    ' IN (1, ',
    'a ',
    ',(1)',
    '.',
    "/*'",
    ' VALUES (1),',
    'IN(IN(1),',
  ];
  const worst: Record<string, number> = {};
  for (const part of parts) {
    const text = Buffer.from(`SELECT ${part.repeat(HOSTILE_LENGTH / part.length)}`).toString('latin1');
    let slowest = 0;
    for (const dialect of ['postgresql', 'mysql', 'sqlite', 'mssql', 'oracle', 'unknown'] as const) {
      const times: number[] = [];
      for (let round = 0; round < HOSTILE_ROUNDS; round++) {
        const before = process.threadCpuUsage();
        sink += shapeOf(text, dialect).literals;
        const spent = process.threadCpuUsage(before);
        times.push((spent.user + spent.system) / 1_000);
      }
      slowest = Math.max(slowest, median(times));
    }
    worst[part] = round(slowest);
  }
  return worst;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
