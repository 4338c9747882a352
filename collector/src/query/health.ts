import { z } from 'zod';
import type { Query } from '../storage/types.ts';
import type { QueryContext } from './time.ts';

export interface SpanTimes {
  /** null until the first span is stored. */
  readonly firstSpanAtMs: number | null;
  readonly lastSpanAtMs: number | null;
}

/** When the oldest and the newest kept span began: read from the parts' bounds, not from rows. */
export async function readSpanTimes({ storage }: Pick<QueryContext, 'storage'>): Promise<SpanTimes> {
  const [row] = await storage.query(spanTimesQuery, {});
  if (row === undefined || row.spans === 0) return { firstSpanAtMs: null, lastSpanAtMs: null };
  return { firstSpanAtMs: row.first_ms, lastSpanAtMs: row.last_ms };
}

const spanTimesRow = z.object({ spans: z.number(), first_ms: z.number(), last_ms: z.number() });

const spanTimesQuery: Query<object, z.infer<typeof spanTimesRow>> = {
  name: 'health.span_times',
  sql: `SELECT
  count() AS spans,
  toUnixTimestamp64Milli(min(s.start_time)) AS first_ms,
  toUnixTimestamp64Milli(max(s.start_time)) AS last_ms
FROM spans AS s`,
  params: z.object({}),
  row: spanTimesRow,
  timeoutMs: 2_000,
};
