import type { z } from 'zod';

/**
 * A query is a value: text, what it takes, what it yields. Values reach the engine only as bound `{name:Type}` parameters.
 * `params` and `row` are parsed at the edge (params before, rows after), so that a changed table fails loudly and early.
 */
export interface Query<Params, Row> {
  /** Stable name for metrics, logs and snapshots: `services.overview`. */
  readonly name: string;
  /** SQL text. A function where optional filters are added when present; identifiers come from allow-lists only. */
  readonly sql: string | ((params: Params) => string);
  readonly params: z.ZodType<Params>;
  readonly row: z.ZodType<Row>;
  /** Milliseconds; the engine stops the query then. Default 10,000. */
  readonly timeoutMs?: number;
  /** `background` never stands before a query that a person waits for. Default `interactive`. */
  readonly lane?: 'interactive' | 'background';
}

/** One table's worth of rows as a file in ClickHouse Native format. */
export interface Segment {
  readonly table: string;
  /** Absolute path. Plain Native blocks, nothing else. */
  readonly path: string;
  readonly columns: readonly string[];
  /** `insert_deduplication_token`: hash of the content, so that the same rows never count twice. */
  readonly token: string;
}

/** The engine, embedded or server, as the rest of the collector sees it. Failures are StorageErrors (`errors.ts`). */
export interface Storage {
  readonly mode: 'embedded' | 'server';
  query<Params, Row>(query: Query<Params, Row>, params: Params): Promise<readonly Row[]>;
  /** Inserts a segment exactly once: resolves when its rows are in the table and in every view behind it. */
  insertSegment(segment: Segment): Promise<void>;
  /**
   * Small writes of derived rows (sweep). Same token, same rows: counted once. Fixed strings (ids) are given as hex,
   * 64-bit integers as bigint or text, times as ClickHouse text; every row has the columns of the first.
   */
  insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[], token: string): Promise<void>;
  /** DDL and maintenance; never text from a user. */
  command(sql: string): Promise<void>;
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
