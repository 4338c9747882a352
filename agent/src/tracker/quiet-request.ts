import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { DB_POOL_WAIT_MS } from '../attributes.ts';
import {
  CALLS_MIN,
  CHATTY_QUERIES_MIN,
  CONSECUTIVE_SAVED_MS_MIN,
  DUPLICATES_MIN,
  SLOW_STATEMENT_MS,
  UNBOUNDED_ROWS_MIN,
} from '../detect/limits.ts';
import { shapeOf } from '../sql/index.ts';
import { durationMsOf } from './tracked-request.ts';

export interface QuietCounts {
  readonly queryCount: number;
  readonly statementCount: number;
  readonly dbDurationMs: number;
}

const REPEATS_MIN = Math.min(CALLS_MIN, DUPLICATES_MIN);
/** Findings that are judged by time need more of it than this in all. */
const QUIET_MS_MAX = Math.min(SLOW_STATEMENT_MS, CONSECUTIVE_SAVED_MS_MIN);
const SCOPE = '@nightjar/pg';

/**
 * What `detect` would count, for a request of which it is plain that nothing can be found: a handful of Postgres statements
 * straight below the entry span, none of them repeated often, slow, large, or part of a transaction. Undefined: `detect` is
 * to be asked. `quiet-request.test.ts` holds both against each other.
 */
export function quietCounts(entry: ReadableSpan, spans: readonly ReadableSpan[]): QuietCounts | undefined {
  if (entry.kind !== SpanKind.SERVER || spans.length >= CHATTY_QUERIES_MIN) return undefined;
  const { spanId } = entry.spanContext();
  const repeats = new Map<string, number>();
  let queryCount = 0;
  let dbDurationMs = 0;
  for (const span of spans) {
    if (span === entry) continue;
    const fingerprint = quietFingerprint(span, spanId);
    if (fingerprint === undefined) return undefined;
    const count = (repeats.get(fingerprint) ?? 0) + 1;
    if (count >= REPEATS_MIN) return undefined;
    repeats.set(fingerprint, count);
    queryCount++;
    dbDurationMs += durationMsOf(span);
  }
  return dbDurationMs >= QUIET_MS_MAX
    ? undefined
    : { queryCount, statementCount: repeats.size, dbDurationMs };
}

function quietFingerprint(span: ReadableSpan, parentId: string): string | undefined {
  if (span.instrumentationScope.name !== SCOPE || span.kind !== SpanKind.CLIENT) return undefined;
  if (span.parentSpanContext?.spanId !== parentId || span.status.code !== SpanStatusCode.UNSET)
    return undefined;
  const { attributes } = span;
  const text = attributes['db.query.text'];
  const rows = attributes['db.response.returned_rows'];
  if (typeof text !== 'string' || attributes['db.postgresql.plan'] !== undefined) return undefined;
  if (attributes[DB_POOL_WAIT_MS] !== undefined) return undefined;
  if (typeof rows === 'number' && rows >= UNBOUNDED_ROWS_MIN) return undefined;
  const { verb, fingerprint, isTruncated } = shapeOf(text, 'postgresql');
  return (verb === 'read' || verb === 'write') && !isTruncated ? fingerprint : undefined;
}
