import { z } from 'zod';
import type { Query, Storage } from './types.ts';

/** The column that a table's rows age by. `resources` is not here: it is small and outlives what points at it. */
const timeColumns: Readonly<Record<string, string>> = {
  spans: 'start_time',
  requests: 'start_time',
  operation_minutes: 'minute',
  service_minutes: 'minute',
  statement_minutes: 'minute',
  request_queries: 'minute',
  findings: 'start_time',
  logs: 'time',
  metric_points: 'time',
};

/** Makes every table forget rows older than `days`. Alters only tables that say otherwise; returns their names. */
export async function applyRetention(storage: Storage, days: number): Promise<readonly string[]> {
  if (!Number.isInteger(days) || days < 1)
    throw new Error(`retention must be whole days, at least 1: ${days}`);
  const engines = new Map<string, string>();
  for (const row of await storage.query(enginesQuery, {})) engines.set(row.name, row.engine);
  const altered: string[] = [];
  for (const [table, column] of Object.entries(timeColumns)) {
    const engine = engines.get(table);
    if (engine === undefined || engine.includes(`TTL toDateTime(${column}) + toIntervalDay(${days}) `))
      continue;
    await storage.command(`ALTER TABLE ${table} MODIFY TTL toDateTime(${column}) + toIntervalDay(${days})`);
    altered.push(table);
  }
  return altered;
}

/** The engine's own logs, where it keeps any, live three days. Embedded only: a server's are its owner's affair. */
export async function boundSystemLogs(storage: Storage): Promise<void> {
  if (storage.mode === 'server') return;
  for (const { name } of await storage.query(systemLogsQuery, {})) {
    if (!/^[a-z_]+_log$/.test(name)) continue;
    await storage.command(`ALTER TABLE system.${name} MODIFY TTL event_date + toIntervalDay(3)`);
  }
}

const enginesQuery: Query<object, { readonly name: string; readonly engine: string }> = {
  name: 'storage.engines',
  sql: `SELECT name, engine_full AS engine
FROM system.tables
WHERE database = currentDatabase()
LIMIT 10000`,
  params: z.object({}),
  row: z.object({ name: z.string(), engine: z.string() }),
};

const systemLogsQuery: Query<object, { readonly name: string }> = {
  name: 'storage.system_logs',
  sql: `SELECT name
FROM system.tables
WHERE database = 'system' AND name LIKE '%\\_log' AND engine LIKE '%MergeTree'
LIMIT 100`,
  params: z.object({}),
  row: z.object({ name: z.string() }),
};
