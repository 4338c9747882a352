/**
 * The words of the detection engine. Used in the agent, in the collector's sweep and in tests;
 * depends on nothing, so that all three give the same finding for the same trace.
 */

export type AttributeValue =
  string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** OTLP `Span.SpanKind`. */
export type SpanKind = 0 | 1 | 2 | 3 | 4 | 5;

/** A span as the engine reads it. Old and new semantic-convention names are both understood in `attributes`. */
export interface DetectSpan {
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Instrumentation scope name, a mark for the fix hint. */
  readonly scopeName: string;
  /** Milliseconds, fractional, on any origin common to the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly attributes: Attributes;
}

/** Kinds that are shown and ranked as findings. */
export type FindingKind =
  | 'n_plus_one'
  | 'duplicate_query'
  | 'slow_statement'
  | 'chatty_request'
  | 'unbounded_select'
  | 'consecutive_queries'
  | 'pool_wait'
  | 'http_in_transaction';

/** What a repeated call turned out to be. All but the first two explain why a repeat is no finding. */
export type Verdict =
  | 'n_plus_one'
  | 'duplicate'
  | 'chunked_batch'
  | 'pagination'
  | 'polling'
  | 'retry'
  | 'cursor'
  | 'pipelined'
  | 'spread'
  | 'chatty'
  | 'below_threshold';

export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Confidence = 'low' | 'medium' | 'high';

export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly function: string;
}

/** A group of calls in one request that are the same but for their values. */
export interface Repeat {
  readonly verdict: Verdict;
  /** One sentence for the user: why this verdict. */
  readonly reason: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** Normalised statement, route template or command. Holds no literal. */
  readonly statement: string;
  readonly count: number;
  /** Local root of the request, its name, and its service. */
  readonly scopeSpanId: string;
  readonly operation: string;
  readonly service: string;
  /** Lowest common ancestor of the members. */
  readonly anchorSpanId: string;
  /** In start order; at most 5,000. */
  readonly memberSpanIds: readonly string[];
  /** Summed duration of the members. */
  readonly totalMs: number;
}

/** Another group of calls that the same loop makes: in its body, or in a loop inside it. */
export interface Companion {
  readonly fingerprint: string;
  readonly statement: string;
  readonly count: number;
  /** In start order; at most 5,000. */
  readonly memberSpanIds: readonly string[];
  readonly totalMs: number;
}

/** A repeat, or a single call, that costs the user time and has a mend. */
export interface Finding extends Omit<Repeat, 'verdict'> {
  readonly kind: FindingKind;
  /** Stable across requests: hash of service, kind, fingerprint and call site (or the anchor's name). 16 hex digits. */
  readonly id: string;
  /** Estimated wall time one request would save if the whole finding were mended, companions included, milliseconds. */
  readonly savedMs: number;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** INSERT, UPDATE, DELETE and other writes. */
  readonly isWrite: boolean;
  readonly callSite?: CallSite;
  /** How to mend it in the ORM or driver that the spans show; plain text, code in backticks. */
  readonly hint: string;
  /** Span id of the query that most likely supplied the ids. */
  readonly sourceSpanId?: string;
  /** Mended together with this finding, so no findings of their own; absent when there are none. */
  readonly companions?: readonly Companion[];
  /** Somebody has accepted it; the engine never says so itself. */
  readonly accepted?: Accepted;
}

/** By a comment at the call site, or by the acknowledgement file. */
export interface Accepted {
  readonly how: 'ignored' | 'acknowledged';
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`, UTC; a comment holds as long as it stands. */
  readonly expires?: string;
}

export interface Detection {
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Every group of two or more, findings included. */
  readonly repeats: readonly Repeat[];
  /** A line a request scope found in the spans. */
  readonly requests: readonly RequestCounts[];
}

/** What one request (entry span) asked of its databases. */
export interface RequestCounts {
  readonly scopeSpanId: string;
  readonly service: string;
  readonly operation: string;
  readonly queryCount: number;
  readonly statementCount: number;
  readonly dbDurationMs: number;
}
