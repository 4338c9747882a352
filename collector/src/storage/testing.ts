import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from './migrate.ts';
import { openStorage } from './open.ts';
import type { Storage } from './types.ts';

/** A migrated embedded engine in a directory of its own. One a process: share it among the tests of a file. */
export async function openTestStorage(): Promise<Storage> {
  const dir = await mkdtemp(join(tmpdir(), 'nightjar-test-'));
  const storage = await openStorage({ mode: 'embedded', path: join(dir, 'db') });
  await migrate(storage);
  return {
    ...storage,
    async close() {
      await storage.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startMs: number;
  readonly durationMs?: number;
  /** Any columns of `spans`, over the defaults. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

const spanDefaults = {
  service: 'shop',
  environment: 'test',
  release: '1.0.0',
  language: 'nodejs',
  resource_id: 1,
  scope_name: 'test',
  name: 'span',
  kind: 1,
  is_entry: false,
  operation: 'GET /books',
  status: 0,
  status_message: '',
  http_status: 0,
  db_system: '',
  db_statement: '',
  db_fingerprint: 0n,
  parameter_hash: 0n,
  messaging_destination: '',
  code_file: '',
  code_line: 0,
  code_function: '',
  db_query_count: -1,
  db_statement_count: -1,
  db_duration_ns: 0,
  finding_count: 0,
  weight: 1,
  attributes_string: {},
  attributes_number: {},
  attributes_bool: {},
  event_time_ns: [],
  event_name: [],
  event_attributes: [],
  link_trace_id: [],
  link_span_id: [],
  link_attributes: [],
  ingested_at: 0,
};

/** Stores spans as ingest would. */
export async function insertSpans(
  storage: Storage,
  spans: readonly TestSpan[],
  token: string,
): Promise<void> {
  const rows = spans.map((span) => ({
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? '',
    start_time: instantText(span.startMs),
    duration_ns: Math.round((span.durationMs ?? 1) * 1e6),
    ...spanDefaults,
    ingested_at: Math.floor(span.startMs / 1000),
    ...span.columns,
  }));
  await storage.insertRows('spans', rows, token);
}

/** `2026-01-31 12:00:00.123456789`, the engine's text for an instant. */
export function instantText(epochMs: number): string {
  const micros = Math.round((epochMs - Math.floor(epochMs)) * 1000);
  return `${new Date(epochMs).toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}`;
}

/** Hex id of a small number. */
export function hexId(number: number, digits: 16 | 32): string {
  return number.toString(16).padStart(digits, '0');
}
