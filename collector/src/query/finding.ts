import { z } from 'zod';
import type { Range, ResponseOf } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { findingsQuery, withFirstSight } from './findings.ts';
import { and, bucketOfStart, byKey, during, stepParams, windowOf, windowParams } from './sql.ts';
import { planRange, type QueryContext } from './time.ts';

/**
 * One finding: trend, operations, releases, examples. When the range holds none of it, the figures are those of all
 * retained time and the trend is flat. undefined when it was never seen.
 */
export async function readFinding(
  { storage, nowMs }: QueryContext,
  request: Range & { readonly findingId: string },
): Promise<ResponseOf<'finding'> | undefined> {
  const plan = planRange(request, { nowMs });
  const findingId = BigInt(`0x${request.findingId}`).toString();
  const window = { ...windowOf(plan, request.environment), findingId };
  let rows = await storage.query(findingsQuery, { ...window, rows: 1 });
  let hours = plan.seconds / 3_600;
  if (rows.length === 0) {
    rows = await storage.query(findingsQuery, { fromMs: 0, toMs: nowMs + 86_400_000, findingId, rows: 1 });
    hours = Number.POSITIVE_INFINITY;
  }
  const [finding] = await withFirstSight(storage, { rows, hours, nowMs, hasMembers: true });
  if (finding === undefined) return undefined;
  const [points, operations, releases, examples] = await Promise.all([
    storage.query(trendQuery, { ...window, stepMs: plan.stepMs }),
    storage.query(operationsQuery, window),
    storage.query(releasesQuery, { findingId }),
    storage.query(examplesQuery, { findingId }),
  ]);
  const pointOf = byKey(points, (row) => String(row.start_ms));
  return {
    finding,
    stepMs: plan.stepMs,
    points: plan.starts.map((startMs) => {
      const point = pointOf.get(String(startMs));
      return { startMs, occurrences: point?.occurrences ?? 0, savedMs: point?.saved_ms ?? 0 };
    }),
    releases: releases.map((row) => ({ release: row.release, firstSeenMs: row.first_seen_ms })),
    operations: operations.map((row) => ({
      operation: row.operation,
      occurrences: row.occurrences,
      savedMs: row.saved_ms,
    })),
    examples: examples.map((row) => ({
      traceId: row.trace_id,
      scopeSpanId: row.scope_span_id,
      startMs: row.start_ms,
      operation: row.operation,
      release: row.release,
      count: row.count,
      savedMs: row.saved_ms,
    })),
  };
}

const idParams = z.object({ findingId: z.string() });
const inWindow = windowParams.extend({ findingId: z.string() });
type InWindow = z.infer<typeof inWindow>;

const ofFinding = 'f.finding_id = toUInt64({findingId:String}) AND NOT f.is_retracted';

function windowed(params: InWindow): string {
  return `FROM findings AS f FINAL
WHERE ${ofFinding}
  AND ${during('f.start_time')}${and(params.environment !== undefined && 'f.environment = {environment:String}')}`;
}

const trendParams = stepParams.extend({ findingId: z.string() });
const trendRow = z.object({ start_ms: z.number(), occurrences: z.number(), saved_ms: z.number() });
const trendQuery: Query<z.infer<typeof trendParams>, z.infer<typeof trendRow>> = {
  name: 'finding.trend',
  sql: (params) => `SELECT
  ${bucketOfStart} AS start_ms,
  count() AS occurrences,
  sum(f.saved_ms * f.weight) AS saved_ms
${windowed(params)}
GROUP BY start_ms
LIMIT 1000`,
  params: trendParams,
  row: trendRow,
};

const operationRow = z.object({ operation: z.string(), occurrences: z.number(), saved_ms: z.number() });
const operationsQuery: Query<InWindow, z.infer<typeof operationRow>> = {
  name: 'finding.operations',
  sql: (params) => `SELECT
  f.operation AS operation,
  count() AS occurrences,
  sum(f.saved_ms * f.weight) AS saved_ms
${windowed(params)}
GROUP BY f.operation
ORDER BY saved_ms DESC, operation
LIMIT 100`,
  params: inWindow,
  row: operationRow,
};

const releasesQuery: Query<
  z.infer<typeof idParams>,
  { readonly release: string; readonly first_seen_ms: number }
> = {
  name: 'finding.releases',
  sql: `SELECT
  f.release AS release,
  toUnixTimestamp64Milli(min(f.start_time)) AS first_seen_ms
FROM findings AS f FINAL
WHERE ${ofFinding} AND f.release != ''
GROUP BY f.release
ORDER BY first_seen_ms DESC
LIMIT 50`,
  params: idParams,
  row: z.object({ release: z.string(), first_seen_ms: z.number() }),
};

const exampleRow = z.object({
  trace_id: z.string(),
  scope_span_id: z.string(),
  start_ms: z.number(),
  operation: z.string(),
  release: z.string(),
  count: z.number(),
  saved_ms: z.number(),
});
const examplesQuery: Query<z.infer<typeof idParams>, z.infer<typeof exampleRow>> = {
  name: 'finding.examples',
  sql: `SELECT
  lower(hex(f.trace_id)) AS trace_id,
  lower(hex(f.scope_span_id)) AS scope_span_id,
  toUnixTimestamp64Milli(f.start_time) AS start_ms,
  f.operation AS operation,
  f.release AS release,
  f.call_count AS count,
  f.saved_ms AS saved_ms
FROM findings AS f FINAL
WHERE ${ofFinding}
ORDER BY f.start_time DESC
LIMIT 20`,
  params: idParams,
  row: exampleRow,
};
