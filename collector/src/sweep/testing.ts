import { FINDING_JSON } from '@nightjar/agent/attributes';
import { z } from 'zod';
import { hexId, type TestSpan } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';

/** Spans of one request, and what the tables say of it: for the tests of the sweep. */
export class TestTrace {
  readonly #number: number;
  readonly #startMs: number;

  constructor(number: number, startMs: number) {
    this.#number = number;
    this.#startMs = startMs;
  }

  get traceId(): string {
    return hexId(this.#number, 32);
  }

  spanId(n: number): string {
    return hexId(this.#number * 1_000 + n, 16);
  }

  root(columns: Record<string, unknown> = {}): TestSpan {
    return {
      traceId: this.traceId,
      spanId: this.spanId(0),
      startMs: this.#startMs,
      durationMs: 200,
      columns: { is_entry: true, kind: 2, name: 'GET /books', scope_name: 'http', ...columns },
    };
  }

  /** A span that says nothing. */
  noise(n: number): TestSpan {
    return { ...this.root(), spanId: this.spanId(n), columns: { kind: 1, name: 'noise' } };
  }

  /** The same statement again and again, with other values. */
  calls(from: number, to: number, columns: Record<string, unknown> = {}): TestSpan[] {
    return Array.from({ length: to - from }, (_, index) => ({
      traceId: this.traceId,
      spanId: this.spanId(from + index),
      parentSpanId: this.spanId(0),
      startMs: this.#startMs + 2 + (from + index) * 3,
      durationMs: 2,
      columns: {
        kind: 3,
        name: 'SELECT authors',
        operation: '',
        db_system: 'postgresql',
        db_statement: 'SELECT * FROM authors WHERE id = ?',
        db_fingerprint: 77n,
        parameter_hash: BigInt(from + index + 1),
        code_file: '/app/books.js',
        code_line: 12,
        ...columns,
      },
    }));
  }

  /** Columns of an entry span on which an agent reports eight calls and one finding. */
  reported(over: Record<string, unknown> = {}): Record<string, unknown> {
    const finding = {
      id: '00000000000000aa',
      kind: 'n_plus_one',
      fingerprint: '00000000000000bb',
      statement: 'SELECT * FROM authors WHERE id = ?',
      count: 8,
      totalMs: 16,
      savedMs: 14,
      severity: 'medium',
      confidence: 'high',
      isWrite: false,
      callSite: { file: '/src/books.ts', line: 42, function: 'list' },
      hint: 'use IN',
      reason: 'eight times',
      anchorSpanId: this.spanId(0),
      memberSpanIds: [this.spanId(1)],
      scopeSpanId: 'ffffffffffffffff',
      service: 'somebody else',
      operation: 'GET /other',
      ...over,
    };
    return {
      db_query_count: 8,
      db_statement_count: 1,
      finding_count: 1,
      event_time_ns: [1n],
      event_name: ['nightjar.finding'],
      event_attributes: [JSON.stringify({ [FINDING_JSON]: JSON.stringify(finding) })],
    };
  }

  async companions(storage: Storage): Promise<unknown> {
    const rows = await storage.query(
      {
        name: 'test.companions',
        sql: `SELECT companions FROM findings FINAL
WHERE trace_id = toFixedString(unhex({id:String}), 16) LIMIT 1`,
        params: z.object({ id: z.string() }),
        row: z.object({ companions: z.string() }),
      },
      { id: this.traceId },
    );
    return JSON.parse(rows[0]?.companions ?? '');
  }

  async findings(storage: Storage): Promise<readonly z.infer<typeof foundRow>[]> {
    return await storage.query(
      {
        name: 'test.findings',
        sql: `SELECT kind, call_count AS calls, operation, version, code_line AS line FROM findings FINAL
WHERE trace_id = toFixedString(unhex({id:String}), 16) AND NOT is_retracted ORDER BY kind`,
        params: z.object({ id: z.string() }),
        row: foundRow,
      },
      { id: this.traceId },
    );
  }

  async counts(storage: Storage): Promise<readonly z.infer<typeof countRow>[]> {
    return await storage.query(
      {
        name: 'test.counts',
        sql: `SELECT query_count AS queries, statement_count AS statements, operation FROM request_queries FINAL
WHERE trace_id = toFixedString(unhex({id:String}), 16)`,
        params: z.object({ id: z.string() }),
        row: countRow,
      },
      { id: this.traceId },
    );
  }
}

const foundRow = z.object({
  kind: z.string(),
  calls: z.number(),
  operation: z.string(),
  version: z.number(),
  line: z.number(),
});
const countRow = z.object({ queries: z.number(), statements: z.number(), operation: z.string() });
