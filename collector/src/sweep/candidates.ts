import { z } from 'zod';
import type { Query } from '../storage/types.ts';

/** A trace with arrivals in the window, as far as is needed to see whether there is anything to judge. */
export interface Candidate {
  readonly traceId: string;
  readonly spans: number;
  /** Seconds since the epoch of the first and the last arrival. */
  readonly firstS: number;
  readonly lastS: number;
  /** Seconds since the epoch: start of the earliest span at hand. */
  readonly startS: number;
  /** Spans that may be calls to a database or another service. */
  readonly calls: number;
  readonly entries: number;
  /** Entry spans whose queries no agent has counted. */
  readonly uncounted: number;
  /** Entry spans on which an agent reports findings. */
  readonly reported: number;
  readonly services: readonly string[];
}

export interface ArrivalWindow {
  /** Inclusive. */
  readonly fromS: number;
  /** Exclusive. */
  readonly toS: number;
}

/** `judge` now · `wait` until idle · `later` a later window holds it · `nothing` to say about it. */
export type Choice = 'judge' | 'wait' | 'later' | 'nothing';

/** A trace that never goes quiet is judged this often all the same. */
export const restlessS = 90;
/** So long its root is waited for after the last arrival. */
export const rootPatienceS = 10;

export function choose(
  candidate: Candidate,
  { fromS, toS }: ArrivalWindow,
  callers: ReadonlySet<string>,
): Choice {
  if (candidate.lastS >= toS && !hasBeenRestless(candidate.firstS, { fromS, toS })) return 'later';
  const hasUncountedCalls = candidate.calls > 0 && (candidate.uncounted > 0 || candidate.entries === 0);
  // No call at all counts as none only where calls would have been seen.
  const isKnownIdle = candidate.uncounted > 0 && candidate.services.some((service) => callers.has(service));
  if (candidate.reported === 0 && !hasUncountedCalls && !isKnownIdle) return 'nothing';
  return candidate.entries === 0 && toS - candidate.lastS < rootPatienceS ? 'wait' : 'judge';
}

function hasBeenRestless(firstS: number, { fromS, toS }: ArrivalWindow): boolean {
  return Math.floor((toS - firstS) / restlessS) > Math.floor((fromS - firstS) / restlessS);
}

const candidateRow = z
  .object({
    trace_id: z.string(),
    span_count: z.number(),
    first_s: z.number(),
    last_s: z.number(),
    start_s: z.number(),
    calls: z.number(),
    entries: z.number(),
    uncounted: z.number(),
    reported: z.number(),
    services: z.array(z.string()),
  })
  .transform((row): Candidate => ({
    traceId: row.trace_id,
    spans: row.span_count,
    firstS: row.first_s,
    lastS: row.last_s,
    startS: row.start_s,
    calls: row.calls,
    entries: row.entries,
    uncounted: row.uncounted,
    reported: row.reported,
    services: row.services,
  }));

const columns = `  lower(hex(s.trace_id)) AS trace_id,
  uniqExact(s.span_id) AS span_count,
  toInt64(toUnixTimestamp(min(s.ingested_at))) AS first_s,
  toInt64(toUnixTimestamp(max(s.ingested_at))) AS last_s,
  toInt64(toUnixTimestamp(min(s.start_time))) AS start_s,
  countIf(s.db_fingerprint != 0 OR s.db_system != '' OR s.kind IN (3, 4)) AS calls,
  countIf(s.is_entry) AS entries,
  countIf(s.is_entry AND s.db_query_count < 0) AS uncounted,
  countIf(s.is_entry AND s.db_query_count >= 0 AND s.finding_count > 0) AS reported,
  groupUniqArray(16)(s.service) AS services`;

const timeoutMs = 30_000;

const windowParams = z.object({
  fromS: z.number().int(),
  toS: z.number().int(),
  /** Spans that began before are not looked at here. */
  recentS: z.number().int(),
  /** Arrivals before are not looked at here. */
  arrivedS: z.number().int(),
  /** Trace id in hex; the page begins behind it. '' for the first. */
  after: z.string(),
  rows: z.number().int().positive(),
});

/**
 * Traces with arrivals in the window, in the order of their ids, by what arrived of them lately: one reading of the last
 * minutes, however many traces there are. The set is hidden from the indexes: most of these rows are wanted, and to look
 * thousands of ids up in the index of every granule costs more than to read them.
 */
export const candidatesQuery: Query<z.infer<typeof windowParams>, Candidate> = {
  name: 'sweep.candidates',
  sql: `SELECT
${columns}
FROM spans AS s
WHERE s.ingested_at >= toDateTime({arrivedS:UInt32})
  AND s.start_time >= toDateTime({recentS:UInt32})
  AND toFixedString(s.trace_id, 16) IN (
    SELECT a.trace_id
    FROM spans AS a
    WHERE a.ingested_at >= toDateTime({fromS:UInt32})
      AND a.ingested_at < toDateTime({toS:UInt32})
      AND a.start_time >= toDateTime({recentS:UInt32})
      AND a.trace_id > toFixedString(unhex({after:String}), 16)
    GROUP BY a.trace_id
    ORDER BY a.trace_id
    LIMIT {rows:UInt32}
  )
GROUP BY s.trace_id
ORDER BY s.trace_id
LIMIT {rows:UInt32}`,
  params: windowParams,
  row: candidateRow,
  timeoutMs,
  lane: 'background',
};

const oldParams = windowParams.omit({ arrivedS: true }).extend({ sinceS: z.number().int() });

/** Traces of which something arrived that had begun long before: late, or after a long run. */
export const oldArrivalsQuery: Query<z.infer<typeof oldParams>, string> = {
  name: 'sweep.old_arrivals',
  sql: `SELECT lower(hex(s.trace_id)) AS trace_id
FROM spans AS s
WHERE s.ingested_at >= toDateTime({fromS:UInt32})
  AND s.ingested_at < toDateTime({toS:UInt32})
  AND s.start_time < toDateTime({recentS:UInt32})
  AND s.start_time >= toDateTime({sinceS:UInt32})
  AND s.trace_id > toFixedString(unhex({after:String}), 16)
GROUP BY s.trace_id
ORDER BY s.trace_id
LIMIT {rows:UInt32}`,
  params: oldParams,
  row: z.object({ trace_id: z.string() }).transform((row) => row.trace_id),
  timeoutMs,
  lane: 'background',
};

const chosenParams = z.object({ traceIds: z.array(z.string()).readonly(), sinceS: z.number().int() });

/** The same of given traces, by all that is stored of them. */
export const candidatesByIdQuery: Query<z.infer<typeof chosenParams>, Candidate> = {
  name: 'sweep.candidates_by_id',
  sql: `SELECT
${columns}
FROM spans AS s
WHERE s.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
  AND s.start_time >= toDateTime({sinceS:UInt32})
GROUP BY s.trace_id
LIMIT 10000`,
  params: chosenParams,
  row: candidateRow,
  timeoutMs,
  lane: 'background',
};

const callersParams = z.object({ fromS: z.number().int() });

/** Services that were seen to call a database. */
export const callersQuery: Query<z.infer<typeof callersParams>, { readonly service: string }> = {
  name: 'sweep.callers',
  sql: `SELECT m.service AS service
FROM statement_minutes AS m
WHERE m.minute >= toDateTime({fromS:UInt32})
GROUP BY m.service
LIMIT 5000`,
  params: callersParams,
  row: z.object({ service: z.string() }),
  lane: 'background',
};
