import type { GroupReading, MetricQuery } from '@nightjar/alerts';
import type { SignalOf } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { Binding, listed } from './signal-binding.ts';
import type { BoundTexts } from './signal-binding.ts';
import { boundTexts } from './signal-parts.ts';
import { during, duringMinutes } from './sql.ts';

/** Releases first seen in this time are looked at. */
const releasesSinceMs = 30 * 86_400_000;
/** What the release before needed is taken from its last day. */
const comparedMs = 86_400_000;
/** Previous releases remembered; what they needed does not change any more. */
export const previousKnownMax = 1_000;
/** Previous releases measured for one reading; the others follow at the next. */
const measuredAtOnceMax = 50;
const rowsMax = 50_000;
const timeoutMs = 10_000;

type QueriesSignal = SignalOf<'queries_per_request'>;

/** Queries a request, as a multiple of what the same operations needed in the release before. */
export interface ReleaseRatio {
  read(asked: MetricQuery, signal: QueriesSignal): Promise<GroupReading[]>;
}

interface ReleasePair {
  readonly current: string;
  readonly currentSinceMs: number;
  readonly previous: string | undefined;
}

export function createReleaseRatio(storage: Storage): ReleaseRatio {
  const known = new Map<string, Promise<ReadonlyMap<string, number>>>();
  return {
    async read(asked, signal) {
      const operations = await readOperations(storage, asked, signal);
      const pairs = pairsOf(await storage.query(releasesQuery, { fromMs: asked.toMs - releasesSinceMs }));
      const wanted = new Set(operations.map(placeOf).filter((place) => pairs.get(place)?.previous));
      const needs = new Map<string, ReadonlyMap<string, number>>();
      for (const place of [...wanted].slice(0, measuredAtOnceMax)) {
        const pair = pairs.get(place);
        if (pair !== undefined) needs.set(place, await needOf(place, pair));
      }
      return compare({ asked, operations, pairs, needs });
    },
  };

  async function needOf(place: string, pair: ReleasePair): Promise<ReadonlyMap<string, number>> {
    const key = JSON.stringify([place, pair]);
    const remembered = known.get(key);
    if (remembered !== undefined) return await remembered;
    const measuring = measure(storage, { place, pair });
    known.set(key, measuring);
    for (const oldest of known.keys()) if (known.size > previousKnownMax) known.delete(oldest);
    measuring.catch(() => known.delete(key));
    return await measuring;
  }
}

async function measure(
  storage: Storage,
  { place, pair }: { readonly place: string; readonly pair: ReleasePair },
): Promise<ReadonlyMap<string, number>> {
  const [service = '', environment = ''] = z.array(z.string()).parse(JSON.parse(place));
  const rows = await storage.query(previousQuery, {
    service,
    environment,
    release: pair.previous ?? '',
    fromMs: pair.currentSinceMs - comparedMs,
    // Both run side by side while the release rolls out.
    toMs: pair.currentSinceMs + comparedMs / 24,
  });
  return new Map(rows.map(({ operation, queries, requests }) => [operation, queries / requests]));
}

function pairsOf(rows: readonly z.infer<typeof releaseRow>[]): ReadonlyMap<string, ReleasePair> {
  const pairs = new Map<string, ReleasePair>();
  // Oldest first: each release pushes the one before it back.
  for (const row of rows) {
    const place = placeOf(row);
    const previous = pairs.get(place)?.current;
    pairs.set(place, { current: row.release, currentSinceMs: row.firstMs, previous });
  }
  return pairs;
}

interface Sum {
  readonly labels: Readonly<Record<string, string>>;
  queries: number;
  requests: number;
  expected: number;
  samples: number;
  readonly releases: Set<string>;
}

interface Comparison {
  readonly asked: MetricQuery;
  readonly operations: readonly z.infer<typeof operationRow>[];
  readonly pairs: ReadonlyMap<string, ReleasePair>;
  readonly needs: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

// Operation by operation, so that a different mix of them is no change. Less than one query counts as one.
function compare({ asked, operations, pairs, needs }: Comparison): GroupReading[] {
  const sums = new Map<string, Sum>();
  for (const row of operations) {
    const pair = pairs.get(placeOf(row));
    if (pair === undefined || pair.current !== row.release) continue;
    const labels = Object.fromEntries(asked.groupBy.map((label) => [label, labelOf(row, label)]));
    const key = JSON.stringify(Object.values(labels));
    const sum = sums.get(key) ?? { ...empty(labels), releases: new Set() };
    sums.set(key, sum);
    const before = needs.get(placeOf(row))?.get(row.operation);
    if (before === undefined) continue;
    sum.queries += row.queries;
    sum.requests += row.requests;
    sum.expected += row.requests * Math.max(1, before);
    sum.samples += row.samples;
    sum.releases.add(`${pair.previous ?? ''} to ${pair.current}`);
  }
  return [...sums.values()].map(toReading).sort((a, b) => b.samples - a.samples);
}

function empty(labels: Sum['labels']): Omit<Sum, 'releases'> {
  return { labels, queries: 0, requests: 0, expected: 0, samples: 0 };
}

function toReading({ labels, queries, requests, expected, samples, releases }: Sum): GroupReading {
  if (samples === 0)
    return { labels, value: null, samples: 0, note: 'there is no release before to compare with' };
  const mean = (total: number): string => String(Number((total / requests).toPrecision(3)));
  const note = `${mean(queries)} queries a request after ${mean(expected)}, ${[...releases].join(', ')}`;
  return { labels, samples, note, value: Math.max(queries, requests) / expected };
}

const compared = ['service', 'operation', 'environment'] as const;

function labelOf(row: z.infer<typeof operationRow>, label: string): string {
  const column = compared.find((it) => it === label);
  if (column === undefined) throw new Error(`a comparison of releases has no label ${JSON.stringify(label)}`);
  return row[column];
}

function placeOf({ service, environment }: { service: string; environment: string }): string {
  return JSON.stringify([service, environment]);
}

const operationRow = z.object({
  service: z.string(),
  operation: z.string(),
  environment: z.string(),
  release: z.string(),
  queries: z.number(),
  requests: z.number(),
  samples: z.number(),
});

async function readOperations(
  storage: Storage,
  asked: MetricQuery,
  signal: QueriesSignal,
): Promise<readonly z.infer<typeof operationRow>[]> {
  const binding = new Binding({ fromMs: asked.fromMs, toMs: asked.toMs, rows: rowsMax });
  const column = listed(compared, signal.kind);
  const conditions = (signal.filter ?? []).map((it) => binding.match(column(it.label), it));
  const query: Query<BoundTexts, z.infer<typeof operationRow>> = {
    name: 'signal.queries_per_request.operations',
    sql: `SELECT
  t.service AS service,
  t.operation AS operation,
  t.environment AS environment,
  t.release AS release,
  sum(toFloat64(t.query_count) * t.weight) AS queries,
  sum(toFloat64(t.weight)) AS requests,
  count() AS samples
FROM request_queries AS t FINAL
WHERE ${[duringMinutes, during('t.start_time'), ...conditions].join('\n  AND ')}
GROUP BY service, operation, environment, release
ORDER BY samples DESC
LIMIT {rows:UInt32}`,
    params: boundTexts,
    row: operationRow,
    timeoutMs,
    lane: 'background',
  };
  return await storage.query(query, binding.bound);
}

const releaseRow = z.object({
  service: z.string(),
  environment: z.string(),
  release: z.string(),
  firstMs: z.number(),
});

const releasesQuery: Query<{ readonly fromMs: number }, z.infer<typeof releaseRow>> = {
  name: 'signal.queries_per_request.releases',
  sql: `SELECT
  t.service AS service,
  t.environment AS environment,
  t.release AS release,
  toUnixTimestamp64Milli(min(t.first_request)) AS firstMs
FROM service_minutes AS t
WHERE t.minute >= toDateTime(intDiv({fromMs:Int64}, 1000)) AND t.release != ''
GROUP BY service, environment, release
ORDER BY firstMs
LIMIT 20000`,
  params: z.object({ fromMs: z.number() }),
  row: releaseRow,
  timeoutMs,
  lane: 'background',
};

const previousParams = z.object({
  service: z.string(),
  environment: z.string(),
  release: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
});

const previousQuery: Query<
  z.infer<typeof previousParams>,
  { readonly operation: string; readonly queries: number; readonly requests: number }
> = {
  name: 'signal.queries_per_request.previous',
  sql: `SELECT
  t.operation AS operation,
  sum(toFloat64(t.query_count) * t.weight) AS queries,
  sum(toFloat64(t.weight)) AS requests
FROM request_queries AS t FINAL
WHERE ${duringMinutes.replaceAll('minute', 't.minute')}
  AND t.service = {service:String} AND t.environment = {environment:String} AND t.release = {release:String}
GROUP BY operation
ORDER BY requests DESC
LIMIT 10000`,
  params: previousParams,
  row: z.object({ operation: z.string(), queries: z.number(), requests: z.number() }),
  timeoutMs,
  lane: 'background',
};
