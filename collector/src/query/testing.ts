import { hexId, insertSpans, instantText, openTestStorage, type TestSpan } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import type { QueryContext } from './time.ts';

/** A shop with forty requests, one N+1 seen twice, a worker and two log records, in an engine of its own. */

export const nowMs = Math.floor(Date.now() / 60_000) * 60_000 - 30_000;
const minute = 60_000;
export const listDefaults = { from: 'now-1h', to: 'now' };
export const statement = 'SELECT * FROM authors WHERE id = ?';
export const traceId = (n: number): string => hexId(n, 32);
export const spanId = (n: number): string => hexId(n, 16);

// 40 requests a minute apart of 10 s: durations 10, 20 … 400 ms; every tenth fails; every other was counted by the agent.
const requests: TestSpan[] = Array.from({ length: 40 }, (_, index) => ({
  traceId: traceId(index + 1),
  spanId: spanId(1),
  startMs: nowMs - (index + 1) * 10_000,
  durationMs: (index + 1) * 10,
  columns: {
    is_entry: true,
    kind: 2,
    name: 'GET /books',
    http_status: index % 10 === 0 ? 500 : 200,
    ...(index % 2 === 0 ? { db_query_count: 12, db_statement_count: 2, db_duration_ns: 5e6 } : {}),
  },
}));

const calls: TestSpan[] = Array.from({ length: 6 }, (_, index) => ({
  traceId: traceId(1),
  spanId: spanId(10 + index),
  parentSpanId: spanId(1),
  startMs: nowMs - 10_000 + 1 + index,
  durationMs: 2,
  columns: {
    kind: 3,
    name: 'SELECT authors',
    db_system: 'postgresql',
    db_statement: statement,
    db_fingerprint: 0xabcdefn,
    parameter_hash: BigInt(index + 1),
    resource_id: 7,
    attributes_string: { 'db.user': 'app', __proto__x: 'y' },
    attributes_number: { 'server.port': 5432 },
    event_name: ['exception'],
    event_time_ns: [1_700_000_000_000_000_001n],
    event_attributes: ['{"exception.type":"Oops","nested":{"a":[1]}}'],
    link_trace_id: [traceId(9)],
    link_span_id: [spanId(9)],
    link_attributes: ['{}'],
  },
}));

const job: TestSpan = {
  traceId: traceId(900),
  spanId: spanId(1),
  startMs: nowMs - 30_000,
  durationMs: 50,
  columns: {
    is_entry: true,
    service: 'worker',
    operation: 'process mail',
    kind: 5,
    messaging_destination: 'mail',
    environment: 'other',
  },
};

export function finding(trace: number, columns: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    service: 'shop',
    finding_id: 0xfeedn,
    start_time: instantText(nowMs - trace * 10_000),
    trace_id: traceId(trace),
    scope_span_id: spanId(1),
    kind: 'n_plus_one',
    operation: 'GET /books',
    environment: 'test',
    release: '1.0.0',
    fingerprint: 0xabcdefn,
    statement,
    call_count: 5 + trace,
    total_ms: 20,
    saved_ms: 10 * trace,
    severity: trace === 2 ? 'high' : 'medium',
    confidence: 'high',
    code_file: '/app/books.js',
    code_line: 12,
    code_function: 'list',
    hint: 'use IN',
    reason: 'because',
    anchor_span_id: spanId(1),
    source_span_id: '',
    member_span_ids: [spanId(10), spanId(11)],
    companions: JSON.stringify([
      {
        fingerprint: 'ab'.repeat(8),
        statement: 'SELECT 1',
        count: 7,
        totalMs: 3,
        memberSpanIds: [spanId(12)],
      },
    ]),
    weight: 1,
    is_retracted: false,
    version: 1,
    ...columns,
  };
}

export async function openSeededStorage(): Promise<QueryContext> {
  const storage = await openTestStorage();
  await seed(storage);
  return { storage, nowMs };
}

async function seed(storage: Storage): Promise<void> {
  await insertSpans(storage, [...requests, ...calls, job], 'spans');
  await storage.insertRows(
    'findings',
    [1, 2, 3].map((trace) => finding(trace)),
    'findings',
  );
  await storage.insertRows('findings', [finding(3, { is_retracted: true, version: 2 })], 'retracted');
  await storage.insertRows(
    'findings',
    [finding(4, { start_time: instantText(nowMs - 86_400_000), release: '0.9.0', trace_id: traceId(777) })],
    'old',
  );
  const counted = {
    service: 'shop',
    operation: 'GET /books',
    environment: 'test',
    release: '1.0.0',
    weight: 1,
  };
  const sweptMs = nowMs - 20_000;
  const swept = {
    ...counted,
    minute: Math.floor(sweptMs / minute) * 60,
    start_time: instantText(sweptMs),
    trace_id: traceId(2),
    span_id: spanId(1),
    statement_count: 1,
    db_duration_ns: 80e6,
    duration_ns: 20e6,
  };
  await storage.insertRows('request_queries', [{ ...swept, query_count: 3, version: 1 }], 'count-1');
  await storage.insertRows('request_queries', [{ ...swept, query_count: 33, version: 2 }], 'count-2');
  await storage.insertRows(
    'resources',
    [{ resource_id: 7, service: 'shop', attributes: { 'host.name': 'a' }, seen_at: 1 }],
    'r',
  );
  const log = {
    service: 'shop',
    trace_id: traceId(1),
    span_id: spanId(1),
    severity_number: 17,
    severity_text: 'ERROR',
  };
  await storage.insertRows(
    'logs',
    [
      {
        ...log,
        time: instantText(nowMs - 5_000),
        body: 'Payment FAILED for order',
        attributes_string: { order: '7' },
      },
      {
        ...log,
        time: instantText(nowMs - 4_000),
        body: 'all is well',
        severity_number: 9,
        attributes_string: {},
      },
    ],
    'logs',
  );
}
