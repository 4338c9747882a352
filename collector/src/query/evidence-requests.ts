import type { Evidence } from '@nightjar/alerts/schema';
import { evidenceTracesMax } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { evidenceQueryTimeoutMs } from './evidence-suspects.ts';
import type { Suspects } from './evidence-suspects.ts';
import type { BoundTexts } from './signal-binding.ts';
import { boundTexts } from './signal-parts.ts';
import { and, during } from './sql.ts';

/** How many requests there were, how many of them bad, and the worst. */
export async function readRequests(
  storage: Storage,
  suspects: Suspects,
  baseUrl: string,
): Promise<Pick<Evidence, 'requests' | 'traces'>> {
  const [[totals], worst] = await Promise.all([
    storage.query(totalsOf(suspects), suspects.bound),
    storage.query(worstOf(suspects), suspects.bound),
  ]);
  const base = baseUrl.replace(/\/+$/, '');
  const isKnown = totals !== undefined && totals.total > 0;
  return {
    requests: isKnown ? { total: totals.total, bad: suspects.bad === undefined ? null : totals.bad } : null,
    traces: worst.map((row) => ({
      traceId: row.trace_id,
      operation: row.operation,
      startMs: row.start_ms,
      durationMs: row.duration_ms,
      isError: row.is_error,
      queries: row.queries < 0 ? null : row.queries,
      url: `${base}/traces/${row.trace_id}?from=${suspects.fromMs}&to=${suspects.toMs}`,
    })),
  };
}

function totalsOf({
  where,
  bad = '0 = 1',
}: Suspects): Query<BoundTexts, { readonly total: number; readonly bad: number }> {
  return {
    name: 'evidence.requests',
    sql: `SELECT
  sum(toFloat64(t.weight)) AS total,
  sumIf(toFloat64(t.weight), ${bad}) AS bad
FROM requests AS t
WHERE ${where}
  AND ${during('t.start_time')}`,
    params: boundTexts,
    row: z.object({ total: z.number(), bad: z.number() }),
    timeoutMs: evidenceQueryTimeoutMs,
  };
}

const worstRow = z.object({
  trace_id: z.string(),
  operation: z.string(),
  start_ms: z.number(),
  duration_ms: z.number(),
  is_error: z.boolean(),
  queries: z.number(),
});

function worstOf({ where, bad, worstBy }: Suspects): Query<BoundTexts, z.infer<typeof worstRow>> {
  return {
    name: 'evidence.traces',
    sql: `SELECT
  lower(hex(t.trace_id)) AS trace_id,
  t.operation AS operation,
  toUnixTimestamp64Milli(t.start_time) AS start_ms,
  t.duration_ns / 1000000 AS duration_ms,
  t.is_error AS is_error,
  t.db_query_count AS queries
FROM requests AS t
WHERE ${where}
  AND ${during('t.start_time')}${and(bad)}
ORDER BY t.${worstBy} DESC
LIMIT ${evidenceTracesMax}`,
    params: boundTexts,
    row: worstRow,
    timeoutMs: evidenceQueryTimeoutMs,
  };
}
