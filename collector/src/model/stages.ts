import type { AttributeList } from './attribute-list.ts';
import type { LogRecord, MetricRecord, PointRecord, SpanRecord } from './records.ts';
import type { Blocks } from './tables.ts';

// The stages of ingest as each sees the next: receive -> Accept -> RowSink -> Journal -> Deliver.

export type Signal = 'traces' | 'logs' | 'metrics';
export type Format = 'protobuf' | 'json';

export interface OtlpRequest {
  readonly signal: Signal;
  readonly format: Format;
  /** Inflated. */
  readonly body: Uint8Array;
  /** The same for a request that is sent again, another for any other. 32 hex digits. */
  readonly identity?: string;
}

/** Nothing of the request was kept: its sender shall try again. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: 'journal_full' | 'journal_failed' | 'closing';
  readonly retryAfterSeconds: number;
}

export type Outcome =
  | {
      readonly kind: 'stored';
      readonly accepted: number;
      readonly rejected: number;
      readonly message: string;
    }
  | { readonly kind: 'undecodable'; readonly message: string }
  | Unavailable;

/** Resolves when what was accepted is durable. */
export type Accept = (request: OtlpRequest) => Promise<Outcome>;

/** Why one record of a batch was left out; the rest of the batch is stored. */
export type Rejection = 'invalid_trace_id' | 'invalid_span_id' | 'no_metric_name' | 'not_finite';

/** Where decode puts records. Calls between `begin` and `commit` or `abandon` are one request and synchronous. */
export interface RowSink {
  /** Set when nothing would be accepted now: asked before any work is done. */
  refusal(): Unavailable | undefined;
  begin(): void;
  /** Resource of the records that follow. */
  resource(bytes: Buffer, attributes: AttributeList): void;
  /** Instrumentation scope of the records that follow, as ranges of `bytes`. */
  scope(bytes: Buffer, scope: ScopeRange): void;
  span(record: SpanRecord): Rejection | undefined;
  log(record: LogRecord): Rejection | undefined;
  point(metric: MetricRecord, record: PointRecord): Rejection | undefined;
  /** Takes back every row since `begin`. */
  abandon(): void;
  commit(identity?: string): Promise<Unavailable | undefined>;
}

export interface ScopeRange {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly versionStart: number;
  readonly versionEnd: number;
}

/** Where normalise puts rows. */
export interface RowStore {
  readonly blocks: Blocks;
  refusal(): Unavailable | undefined;
  /**
   * Resolves when every row appended so far, in every table, is on disk; or says why none of them is kept.
   * `receivedMs`: when the oldest of these rows arrived. `identity`: of the request that they came with, which is kept with
   * them, so that it is known when it is sent again.
   */
  commit(receivedMs: number, identity?: string): Promise<Unavailable | undefined>;
}

/** Rows of one table that are safe on disk and wait for the engine. */
export interface ClosedSegment {
  readonly table: string;
  /** Absolute. Plain Native blocks. */
  readonly path: string;
  readonly columns: readonly string[];
  readonly token: string;
  readonly rows: number;
  readonly bytes: number;
  /** Everything in it arrived at or after this. */
  readonly firstReceivedMs: number;
  /** The engine has it: delete the files. */
  remove(): Promise<void>;
  /** The engine will never take it: put it aside for a person to look at. */
  reject(): Promise<void>;
}
export type Deliver = (segment: ClosedSegment) => void;

/** What self-metrics implements. `reason` and `table` come from short fixed lists. */
export interface IngestMetrics {
  received(signal: Signal, records: number, bytes: number): void;
  refused(signal: Signal, reason: string): void;
  /** Records left out of a request that was otherwise stored, and attributes, events or links cut from stored ones. */
  dropped(signal: Signal, reason: string, records: number): void;
  acknowledged(signal: Signal, milliseconds: number): void;
  stored(table: string, rows: number): void;
  insertFailed(table: string): void;
  journalBytes(bytes: number): void;
  /** Journal records that could not be read back at start. */
  journalLost(reason: 'rotten' | 'torn', records: number): void;
}

export const SILENT_METRICS: IngestMetrics = {
  received: () => {},
  refused: () => {},
  dropped: () => {},
  acknowledged: () => {},
  stored: () => {},
  insertFailed: () => {},
  journalBytes: () => {},
  journalLost: () => {},
};

/** The part of a pino logger that ingest uses: facts first, then a constant sentence. */
export interface Log {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}
