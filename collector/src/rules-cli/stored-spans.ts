import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { detect } from '@nightjar/agent/detect';
import type { StoredSpans } from '@nightjar/alerts';
import { z } from 'zod';
import { createDecoder } from '../decode/decoder.ts';
import { openJournal } from '../journal/journal.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import type { Accept, OtlpRequest } from '../model/stages.ts';
import { createNormaliser } from '../normalise/normaliser.ts';
import { createMetricSource } from '../query/metric-source.ts';
import { migrate, openStorage } from '../storage/index.ts';
import type { Query, Storage } from '../storage/index.ts';
import { createSweep } from '../sweep/index.ts';
import { createWriter } from '../write/writer.ts';

export const spansFileBytesMax = 50_000_000;
const drainTimeoutMs = 30_000;

/** An engine of its own, filled by the stages of ingest from a file of OTLP/JSON, and swept. */
export async function openStoredSpans(file: string): Promise<StoredSpans> {
  const requests = await readRequests(file);
  const dir = await mkdtemp(path.join(tmpdir(), 'nightjar-rule-test-'));
  const storage = await openStorage({ mode: 'embedded', path: path.join(dir, 'db') });
  const close = async () => {
    await storage.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await migrate(storage);
    await ingest(requests, { storage, dir, file });
    await sweep(storage);
    const [row] = await storage.query(firstQuery, {});
    if (row === undefined || row.spans === 0) throw new Error(`${file}: holds no spans`);
    const source = createMetricSource({ storage, watermarkMs: () => Number.MAX_SAFE_INTEGER });
    const read: StoredSpans['source']['read'] = async (query, signal) => await source.read(query, signal);
    return { source: { read }, firstMs: Math.floor(row.first_ms / 60_000) * 60_000, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Payload = Pick<OtlpRequest, 'signal' | 'body'>;

/** One export request, a list of them, or one a line as the OpenTelemetry Collector's file exporter writes them. */
async function readRequests(file: string): Promise<readonly Payload[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Error(`${file}: cannot be read`, { cause });
  });
  if (bytes.length > spansFileBytesMax) throw new Error(`${file}: larger than ${spansFileBytesMax} bytes`);
  const text = bytes.toString('utf8').trim();
  const values = parsed(text) ?? text.split('\n').map((line) => parsed(line.trim()));
  const list = Array.isArray(values) ? values : [values];
  return list.map((value: unknown) => {
    const signal = signalOf(value);
    if (signal === undefined)
      throw new Error(
        `${file}: is no OTLP/JSON, it holds neither resourceSpans, resourceMetrics nor resourceLogs`,
      );
    return { signal, body: Buffer.from(JSON.stringify(value)) };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function signalOf(value: unknown): OtlpRequest['signal'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('resourceSpans' in value) return 'traces';
  if ('resourceMetrics' in value) return 'metrics';
  return 'resourceLogs' in value ? 'logs' : undefined;
}

async function ingest(
  requests: readonly Payload[],
  { storage, dir, file }: { readonly storage: Storage; readonly dir: string; readonly file: string },
): Promise<void> {
  const writer = createWriter({ storage, metrics: SILENT_METRICS, log: quiet });
  const directory = path.join(dir, 'journal');
  const journal = await openJournal({
    directory,
    deliver: writer.deliver,
    metrics: SILENT_METRICS,
    log: quiet,
  });
  const sink = createNormaliser({ store: journal, salt: Buffer.from('rule test') });
  const accept: Accept = createDecoder({ sink, metrics: SILENT_METRICS });
  try {
    for (const { signal, body } of requests) {
      const outcome = await accept({ signal, body, format: 'json' });
      if (outcome.kind !== 'stored')
        throw new Error(`${file}: ${outcome.kind === 'undecodable' ? outcome.message : outcome.reason}`);
      if (outcome.rejected > 0)
        throw new Error(`${file}: ${outcome.rejected} records refused, ${outcome.message}`);
    }
  } finally {
    await journal.close(drainTimeoutMs);
    await writer.stop();
  }
}

/** Counts queries and finds N+1s, as the collector does once a trace is quiet. */
async function sweep(storage: Storage): Promise<void> {
  let cursor: bigint | undefined;
  const runner = createSweep({
    storage,
    detect,
    cursor: {
      load: async () => cursor,
      save: async (next) => {
        cursor = next;
      },
    },
    // Arrival is kept to the second: what has just come counts as past.
    now: () => Date.now() + 5_000,
    metrics: { passed: () => {}, counted: () => {}, lagging: () => {} },
    log: quiet,
    quietMs: 0,
  });
  await runner.runOnce();
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const firstQuery: Query<Record<string, never>, { readonly first_ms: number; readonly spans: number }> = {
  name: 'rules.first_span',
  sql: `SELECT
  toUnixTimestamp64Milli(min(start_time)) AS first_ms,
  count() AS spans
FROM spans`,
  params: z.record(z.string(), z.never()),
  row: z.object({ first_ms: z.number(), spans: z.number() }),
};
