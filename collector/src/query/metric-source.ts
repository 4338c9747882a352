import type { Arrival, GroupReading, MetricQuery, MetricSource, Reading } from '@nightjar/alerts';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { createReleaseRatio } from './release-ratio.ts';
import type { ReleaseRatio } from './release-ratio.ts';
import { boundTexts } from './signal-parts.ts';
import { signalSql, type BoundTexts } from './signal-sql.ts';

export interface MetricSourceOptions {
  readonly storage: Storage;
  /** Everything received before this is queryable. */
  readonly watermarkMs: () => number;
}

const timeoutMs = 10_000;
const lagOverMs = 86_400_000;
/** Five-second stretches of services that one look at the arrivals takes in. */
const arrivalsMax = 100_000;

/** What alert rules read: a value a group over [from, to), to the millisecond. */
export function createMetricSource({ storage, watermarkMs }: MetricSourceOptions): MetricSource {
  const ratio = createReleaseRatio(storage);
  return {
    async read(asked: MetricQuery, signal: AbortSignal): Promise<Reading> {
      signal.throwIfAborted();
      // Taken before the query: what arrives while it runs may be missing from its answer.
      const watermark = watermarkMs();
      const groups = await unlessAborted(readGroups({ storage, ratio }, asked), signal);
      const isTruncated = groups.length > asked.groupsMax;
      return {
        groups: groups.slice(0, asked.groupsMax),
        watermarkMs: watermark,
        ...(isTruncated ? { truncated: true } : {}),
      };
    },
    async health(signal) {
      const watermark = watermarkMs();
      await unlessAborted(storage.query(healthQuery, {}), signal);
      return { watermarkMs: watermark };
    },
    async ingestLag(signal) {
      const sinceMs = watermarkMs() - lagOverMs;
      const rows = await unlessAborted(storage.query(lagQuery, { sinceMs }), signal);
      return new Map(rows.map(({ service, lagMs }) => [service, lagMs]));
    },
    async arrivals(sinceMs, signal): Promise<readonly Arrival[]> {
      const rows = await unlessAborted(storage.query(arrivalsQuery, { sinceMs }), signal);
      return rows.map(({ service, startedMs, lastIngestedMs }) => ({
        service,
        fromMs: startedMs,
        toMs: startedMs + 5_000,
        lastIngestedMs,
      }));
    },
  };
}

interface Sources {
  readonly storage: Storage;
  readonly ratio: ReleaseRatio;
}

async function readGroups({ storage, ratio }: Sources, asked: MetricQuery): Promise<readonly GroupReading[]> {
  const { signal } = asked;
  if (signal.kind === 'queries_per_request' && signal.compare === 'previous_release')
    return await ratio.read(asked, signal);
  const { sql, bound } = signalSql(asked);
  const rows = await storage.query(readingQuery(asked, sql), bound);
  return rows.map(({ labels, value, samples, note }) => ({
    labels: Object.fromEntries(asked.groupBy.map((label, index) => [label, labels[index] ?? ''])),
    value,
    samples,
    ...(note === undefined ? {} : { note: note.slice(0, noteLengthMax) }),
  }));
}

const noteLengthMax = 300;

const readingRow = z.object({
  labels: z.array(z.string()),
  value: z.number().nullable(),
  samples: z.number(),
  note: z.string().optional(),
});

function readingQuery(asked: MetricQuery, sql: string): Query<BoundTexts, z.infer<typeof readingRow>> {
  return {
    name: `signal.${asked.signal.kind}`,
    sql,
    params: boundTexts,
    row: readingRow,
    timeoutMs,
    lane: 'background',
  };
}

// Not where the rules read: a slow reading there is no database that is away.
const healthQuery: Query<object, { readonly one: number }> = {
  name: 'signal.health',
  sql: 'SELECT 1 AS one',
  params: z.object({}),
  row: z.object({ one: z.number() }),
  timeoutMs: 4_000,
  lane: 'interactive',
};

const lagQuery: Query<{ readonly sinceMs: number }, { readonly service: string; readonly lagMs: number }> = {
  name: 'signal.ingest_lag',
  sql: `SELECT
  service,
  quantilesDDMerge(0.01, 0.995)(lag_ms)[1] AS lagMs
FROM ingest_lag
WHERE hour >= toDateTime(intDiv({sinceMs:Int64}, 1000))
GROUP BY service
LIMIT 10000`,
  params: z.object({ sinceMs: z.number() }),
  row: z.object({ service: z.string(), lagMs: z.number() }),
  timeoutMs,
  lane: 'background',
};

const arrivalsQuery: Query<
  { readonly sinceMs: number },
  { readonly service: string; readonly startedMs: number; readonly lastIngestedMs: number }
> = {
  name: 'signal.arrivals',
  sql: `SELECT
  service,
  toInt64(toUnixTimestamp(started)) * 1000 AS startedMs,
  toInt64(toUnixTimestamp(max(last_ingested))) * 1000 AS lastIngestedMs
FROM request_arrivals
WHERE started >= toDateTime(intDiv({sinceMs:Int64}, 1000))
GROUP BY service, started
ORDER BY lastIngestedMs DESC
LIMIT ${arrivalsMax}`,
  params: z.object({ sinceMs: z.number() }),
  row: z.object({ service: z.string(), startedMs: z.number(), lastIngestedMs: z.number() }),
  timeoutMs,
  lane: 'background',
};

async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return await new Promise<Result>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason }));
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
