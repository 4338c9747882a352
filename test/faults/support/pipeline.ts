import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createDecoder } from '../../../collector/src/decode/decoder.ts';
import type { JournalFiles } from '../../../collector/src/journal/files.ts';
import { openJournal } from '../../../collector/src/journal/journal.ts';
import type { Journal, JournalLimits } from '../../../collector/src/journal/journal.ts';
import { SILENT_METRICS } from '../../../collector/src/model/stages.ts';
import type { IngestMetrics } from '../../../collector/src/model/stages.ts';
import { createNormaliser } from '../../../collector/src/normalise/normaliser.ts';
import { acceptOnce } from '../../../collector/src/receive/accept-once.ts';
import { listenGrpc } from '../../../collector/src/receive/grpc-receiver.ts';
import { listenHttp } from '../../../collector/src/receive/http-receiver.ts';
import type { ReceiveLimits } from '../../../collector/src/receive/receive-limits.ts';
import { migrate } from '../../../collector/src/storage/migrate.ts';
import { openStorage } from '../../../collector/src/storage/open.ts';
import type { Storage } from '../../../collector/src/storage/types.ts';
import { createWriter } from '../../../collector/src/write/writer.ts';
import type { Writer, WriterLimits } from '../../../collector/src/write/writer.ts';

export interface PipelineOptions {
  /** Holds the journal and the engine; both are found again by the next pipeline on it. */
  readonly directory: string;
  readonly journalDirectory?: string;
  readonly files?: JournalFiles;
  /** Put between the writer and the engine. */
  readonly wrap?: (storage: Storage) => Storage;
  readonly journal?: Partial<JournalLimits>;
  readonly receive?: Partial<ReceiveLimits>;
  readonly writer?: Partial<WriterLimits>;
  readonly keys?: readonly string[];
  readonly port?: number;
  readonly now?: () => number;
}

export type Row = Readonly<Record<string, unknown>>;

/** The ingest of a collector as it is composed, from the sockets to the tables of a real engine; nothing else of it. */
export interface Pipeline {
  readonly url: string;
  readonly grpcPort: number;
  readonly journal: Journal;
  readonly writer: Writer;
  readonly storage: Storage;
  /** By `kind/reason`: refused requests, dropped records, lost records of the journal. */
  readonly counts: ReadonlyMap<string, number>;
  rows(sql: string): Promise<readonly Row[]>;
  /** Ends like a collector that is asked to. What is not stored within the time waits in the journal. */
  close(drainMs?: number): Promise<void>;
}

const DRAIN_MS = 20_000;
export const silentLog = { info: () => {}, warn: () => {}, error: () => {} };

export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  await mkdir(options.directory, { recursive: true });
  const engine = await openStorage({ mode: 'embedded', path: join(options.directory, 'clickhouse') });
  await migrate(engine);
  const storage = options.wrap?.(engine) ?? engine;
  const counts = new Map<string, number>();
  const metrics = countingInto(counts);
  const writer = createWriter({
    storage,
    metrics,
    log: silentLog,
    limits: { firstRetryMs: 50, lastRetryMs: 500, ...options.writer },
  });
  const journal = await openJournal({
    directory: options.journalDirectory ?? join(options.directory, 'journal'),
    deliver: writer.deliver,
    metrics,
    log: silentLog,
    limits: { segmentAgeMaxMs: 100, ...options.journal },
    ...(options.files === undefined ? {} : { files: options.files }),
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const receivers = await listen(options, { journal, metrics });
  return {
    url: `http://127.0.0.1:${receivers.http.port}`,
    grpcPort: receivers.grpc.port,
    journal,
    writer,
    storage,
    counts,
    rows: async (sql) => await readRows(engine, sql),
    async close(drainMs = DRAIN_MS) {
      await Promise.all([receivers.http.close(500), receivers.grpc.close(500)]);
      await journal.close(drainMs);
      await writer.stop();
      await storage.close();
    },
  };
}

async function listen(
  options: PipelineOptions,
  { journal, metrics }: { readonly journal: Journal; readonly metrics: IngestMetrics },
) {
  const now = options.now ?? Date.now;
  const sink = createNormaliser({ store: journal, salt: Buffer.from('salt'), now });
  const decode = createDecoder({ sink, metrics });
  const accept = acceptOnce({ accept: decode, kept: (identity) => journal.kept(identity), metrics });
  const shared = { accept, metrics, log: silentLog, host: '127.0.0.1', keys: options.keys ?? [] };
  const limits = options.receive ?? {};
  const http = await listenHttp({ ...shared, port: options.port ?? 0, limits });
  const grpc = await listenGrpc({ ...shared, port: 0, limits });
  return { http, grpc };
}

async function readRows(storage: Storage, sql: string): Promise<readonly Row[]> {
  const row = z.record(z.string(), z.unknown());
  return await storage.query({ name: 'faults.rows', sql, params: z.object({}), row }, {});
}

function countingInto(counts: Map<string, number>): IngestMetrics {
  const add = (name: string, by: number) => void counts.set(name, (counts.get(name) ?? 0) + by);
  return {
    ...SILENT_METRICS,
    refused: (_, reason) => add(`refused/${reason}`, 1),
    dropped: (_, reason, records) => add(`dropped/${reason}`, records),
    journalLost: (reason, records) => add(`lost/${reason}`, records),
    insertFailed: () => add('insert/failed', 1),
  };
}
