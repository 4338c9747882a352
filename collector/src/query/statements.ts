import { z } from 'zod';
import type { ResponseOf, StatementSearch } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import {
  and,
  byKey,
  duringMinutes,
  hex64,
  msOf,
  quantilesRow,
  quantilesOf,
  ratio,
  windowOf,
  windowParams,
} from './sql.ts';
import { planRange, type QueryContext } from './time.ts';

/** Statements of the range, ranked. Served by minutes whatever the range: there is no smaller source of them. */
export async function listStatements(
  { storage, nowMs }: QueryContext,
  search: StatementSearch,
): Promise<ResponseOf<'statements'>> {
  const plan = planRange(search, { nowMs });
  const window = { ...windowOf(plan, undefined), service: search.service };
  const [rows, totals] = await Promise.all([
    storage.query(statementsQuery, { ...window, sort: search.sort, rows: search.limit }),
    storage.query(totalQuery, window),
  ]);
  if (rows.length === 0) return { statements: [] };
  const fingerprints = [...new Set(rows.map((row) => row.fingerprint))];
  const first = byKey(
    await storage.query(firstSeenQuery, { fingerprints }),
    (row) => row.service + row.fingerprint,
  );
  const allNs = totals[0]?.total_ns ?? 0;
  return {
    statements: rows.map((row) => ({
      fingerprint: hex64(row.fingerprint),
      service: row.service,
      statement: row.statement,
      summary: row.summary,
      dbSystem: row.db_system,
      dbNamespace: row.db_namespace,
      calls: row.calls,
      callsPerSecond: row.calls / plan.seconds,
      errors: row.errors,
      totalMs: row.total_ns / 1e6,
      share: ratio(row.total_ns, allNs) ?? 0,
      meanMs: msOf(ratio(row.total_ns, row.calls)) ?? 0,
      p95Ms: msOf(row.quantiles[1]) ?? 0,
      maxMs: row.max_ns / 1e6,
      firstSeenMs: first.get(row.service + row.fingerprint)?.first_seen_ms ?? row.first_seen_ms,
      lastSeenMs: row.last_seen_ms,
    })),
  };
}

const sorts = ['total', 'calls', 'mean', 'p95', 'errors'] as const;
const orders: Readonly<Record<(typeof sorts)[number], string>> = {
  total: 'total_ns',
  calls: 'calls',
  mean: 'total_ns / calls',
  p95: 'quantiles[2]',
  errors: 'errors',
};

const scopeParams = windowParams.extend({ service: z.string().optional() });
const listParams = scopeParams.extend({ sort: z.enum(sorts), rows: z.number().int().positive() });

function source(params: z.infer<typeof scopeParams>): string {
  return `FROM statement_minutes AS t
WHERE ${duringMinutes}${and(params.service !== undefined && 't.service = {service:String}')}`;
}

const statementRow = z.object({
  service: z.string(),
  db_system: z.string(),
  db_namespace: z.string(),
  fingerprint: z.string(),
  statement: z.string(),
  summary: z.string(),
  calls: z.number(),
  errors: z.number(),
  total_ns: z.number(),
  max_ns: z.number(),
  quantiles: quantilesRow,
  first_seen_ms: z.number(),
  last_seen_ms: z.number(),
});

const statementsQuery: Query<z.infer<typeof listParams>, z.infer<typeof statementRow>> = {
  name: 'statements.list',
  sql: (params) => `SELECT
  t.service AS service,
  t.db_system AS db_system,
  t.db_namespace AS db_namespace,
  toString(t.fingerprint) AS fingerprint,
  any(t.statement) AS statement,
  any(t.summary) AS summary,
  sum(t.calls) AS calls,
  sum(t.errors) AS errors,
  sum(t.duration_ns) AS total_ns,
  max(t.duration_max_ns) AS max_ns,
  ${quantilesOf.sketches()} AS quantiles,
  toInt64(toUnixTimestamp(min(t.minute))) * 1000 AS first_seen_ms,
  toInt64(toUnixTimestamp(max(t.minute))) * 1000 AS last_seen_ms
${source(params)}
GROUP BY t.service, t.db_system, t.db_namespace, t.fingerprint
ORDER BY ${orders[params.sort]} DESC, service, fingerprint
LIMIT {rows:UInt32}`,
  params: listParams,
  row: statementRow,
};

const totalQuery: Query<z.infer<typeof scopeParams>, { readonly total_ns: number }> = {
  name: 'statements.total',
  sql: (params) => `SELECT sum(t.duration_ns) AS total_ns\n${source(params)}`,
  params: scopeParams,
  row: z.object({ total_ns: z.number() }),
};

const firstSeenRow = z.object({ service: z.string(), fingerprint: z.string(), first_seen_ms: z.number() });
const firstSeenQuery: Query<{ readonly fingerprints: readonly string[] }, z.infer<typeof firstSeenRow>> = {
  name: 'statements.first_seen',
  sql: `SELECT
  t.service AS service,
  toString(t.fingerprint) AS fingerprint,
  toInt64(toUnixTimestamp(min(t.minute))) * 1000 AS first_seen_ms
FROM statement_minutes AS t
WHERE t.fingerprint IN (SELECT toUInt64(arrayJoin({fingerprints:Array(String)})))
GROUP BY t.service, t.fingerprint
LIMIT 20000`,
  params: z.object({ fingerprints: z.array(z.string()).readonly() }),
  row: firstSeenRow,
};
