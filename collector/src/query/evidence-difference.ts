import type { Evidence } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { evidenceQueryTimeoutMs } from './evidence-suspects.ts';
import type { Suspects } from './evidence-suspects.ts';
import type { BoundTexts } from './signal-binding.ts';
import { boundTexts } from './signal-parts.ts';
import { during } from './sql.ts';

/** Requests of each side whose attributes are looked at. */
export const sampledMax = 200;
/** Requests of one side must be so many before anything is said. */
const badMin = 5;
/** What the others are taken from: the window, and as much before it, at least this long. */
const beforeMsMin = 3_600_000;
/** A value that so few of the bad requests have explains little. */
const badShareMin = 0.3;
const liftMin = 2;

/** What the alert is on says the same of every bad request: it explains nothing. */
const symptoms = [
  'http.response.status_code',
  'http.status_code',
  'error.type',
  'otel.status_code',
  'exception.type',
  'exception.message',
];

/** The attribute value that bad requests have far more often than the others; null when none stands out. */
export async function readDifference(storage: Storage, suspects: Suspects): Promise<Evidence['difference']> {
  const { bad: badWhen } = suspects;
  if (badWhen === undefined) return null;
  const beforeMs = Math.max(beforeMsMin, suspects.toMs - suspects.fromMs);
  const sinceMs = suspects.fromMs - beforeMs;
  const sampled = await storage.query(sampleOf(suspects, badWhen), { ...suspects.bound, sinceMs });
  const bad = sampled.filter(({ is_bad }) => is_bad);
  const others = sampled.length - bad.length;
  if (bad.length < badMin || others < badMin) return null;
  const rows = await storage.query(attributesQuery, {
    ids: sampled.map(({ trace_id, span_id }) => `${trace_id}${span_id}`),
    traces: sampled.map(({ trace_id }) => trace_id),
    bad: bad.map(({ trace_id, span_id }) => `${trace_id}${span_id}`),
    fromMs: sinceMs,
    toMs: suspects.toMs,
    symptoms,
  });
  return mostTelling(rows, { bad: bad.length, others });
}

interface Counted {
  readonly attribute: string;
  readonly value: string;
  readonly bad: number;
  readonly others: number;
}

/** Pure. The largest difference of shares among values that many bad requests have, twice as often as the others. */
export function mostTelling(
  rows: readonly Counted[],
  totals: { readonly bad: number; readonly others: number },
): Evidence['difference'] {
  const telling = rows
    .map(({ attribute, value, ...counts }) => ({
      attribute,
      value,
      badShare: Math.min(1, counts.bad / totals.bad),
      otherShare: Math.min(1, counts.others / totals.others),
    }))
    .filter(({ badShare, otherShare }) => badShare >= badShareMin && badShare >= liftMin * otherShare)
    .toSorted(
      (a, b) =>
        b.badShare - b.otherShare - (a.badShare - a.otherShare) || (a.attribute < b.attribute ? -1 : 1),
    );
  return telling[0] ?? null;
}

const sampleRow = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  is_bad: z.union([z.boolean(), z.number()]).transform(Boolean),
});

// The sample is spread by a hash, so that it is the same for every message of an episode.
function sampleOf({ where }: Suspects, bad: string): Query<BoundTexts, z.infer<typeof sampleRow>> {
  return {
    name: 'evidence.sample',
    sql: `SELECT
  lower(hex(t.trace_id)) AS trace_id,
  lower(hex(t.span_id)) AS span_id,
  ${bad} AS is_bad
FROM requests AS t
WHERE ${where}
  AND ${during('t.start_time').replace('fromMs', 'sinceMs')}
  AND (NOT is_bad OR t.start_time >= fromUnixTimestamp64Milli({fromMs:Int64}))
ORDER BY sipHash64(t.span_id)
LIMIT ${sampledMax} BY is_bad`,
    params: boundTexts,
    row: sampleRow,
    timeoutMs: evidenceQueryTimeoutMs,
  };
}

const attributeParams = z.object({
  ids: z.array(z.string()),
  traces: z.array(z.string()),
  bad: z.array(z.string()),
  fromMs: z.number(),
  toMs: z.number(),
  symptoms: z.array(z.string()),
});

const attributesQuery: Query<z.infer<typeof attributeParams>, Counted> = {
  name: 'evidence.attributes',
  sql: `SELECT
  pair.1 AS attribute,
  substring(pair.2, 1, 200) AS value,
  countIf(is_bad) AS bad,
  countIf(NOT is_bad) AS others
FROM (
  SELECT
    has({bad:Array(String)}, concat(lower(hex(t.trace_id)), lower(hex(t.span_id)))) AS is_bad,
    arrayJoin(arrayConcat(
      [('operation', toString(t.operation)), ('release', toString(t.release)), ('environment', toString(t.environment))],
      arrayMap((k, v) -> (toString(k), v), mapKeys(t.attributes_string), mapValues(t.attributes_string)),
      arrayMap((k, v) -> (toString(k), toString(v)), mapKeys(t.attributes_bool), mapValues(t.attributes_bool))
    )) AS pair
  FROM spans AS t
  WHERE t.trace_id IN (SELECT unhex(arrayJoin({traces:Array(String)})))
    AND ${during('t.start_time')}
    AND t.is_entry
    AND has({ids:Array(String)}, concat(lower(hex(t.trace_id)), lower(hex(t.span_id))))
)
WHERE NOT has({symptoms:Array(String)}, pair.1)
GROUP BY attribute, value
HAVING bad > 0
ORDER BY bad DESC, others, attribute, value
LIMIT 500`,
  params: attributeParams,
  row: z.object({ attribute: z.string(), value: z.string(), bad: z.number(), others: z.number() }),
  timeoutMs: evidenceQueryTimeoutMs,
};
