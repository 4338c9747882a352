import type { MetricQuery, MetricSource, Reading } from '@nightjar/alerts';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { signalSql, type BoundTexts } from './signal-sql.ts';

export interface MetricSourceOptions {
  readonly storage: Storage;
  /** Everything received before this is queryable. */
  readonly watermarkMs: () => number;
}

const timeoutMs = 10_000;

/** What alert rules read: a value a group over [from, to), to the second where the window is not whole minutes. */
export function createMetricSource({ storage, watermarkMs }: MetricSourceOptions): MetricSource {
  return {
    async read(asked: MetricQuery, signal: AbortSignal): Promise<Reading> {
      signal.throwIfAborted();
      // Taken before the query: what arrives while it runs may be missing from its answer.
      const watermark = watermarkMs();
      const { sql, bound } = signalSql(asked);
      const rows = await unlessAborted(storage.query(readingQuery(asked, sql), bound), signal);
      const groups = rows.slice(0, asked.groupsMax).map((row) => ({
        labels: Object.fromEntries(asked.groupBy.map((label, index) => [label, row.labels[index] ?? ''])),
        value: row.value,
        samples: row.samples,
        ...(row.note === undefined ? {} : { note: row.note }),
      }));
      const isTruncated = rows.length > asked.groupsMax;
      return { groups, watermarkMs: watermark, ...(isTruncated ? { truncated: true } : {}) };
    },
  };
}

const readingRow = z.object({
  labels: z.array(z.string()),
  value: z.number().nullable(),
  samples: z.number(),
  note: z.string().optional(),
});

const boundTexts: z.ZodType<BoundTexts> = z.record(z.string(), z.union([z.string(), z.number()]));

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
