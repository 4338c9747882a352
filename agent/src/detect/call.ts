import type { SqlShape } from '../sql/index.ts';
import { attributeOf, familyOf, textOf } from './attribute-reader.ts';
import { documentCall, keyValueCall, searchCall } from './call-nosql.ts';
import { httpCall, publishCall, rpcCall } from './call-remote.ts';
import { sqlCall } from './call-sql.ts';
import type { DetectSpan } from './types.ts';

export type CallKind = 'sql' | 'document' | 'keyvalue' | 'search' | 'http' | 'rpc' | 'publish';

/**
 * What is done with a call:
 * `plain` is grouped and judged; `cursor` is grouped, and that is its verdict; `system` (system tables, migrations, DDL) is
 * only counted; `control` (transactions, settings, keep-alive) is neither.
 */
export type CallRole = 'plain' | 'cursor' | 'system' | 'control';

/** A span as one call to a database or another service. */
export interface Call {
  readonly kind: CallKind;
  readonly role: CallRole;
  /** Without any value. */
  readonly statement: string;
  readonly fingerprint: string;
  /** Stands for the values of this call; undefined when they cannot be known. */
  readonly parameters: string | undefined;
  /** Some values were taken out on the way: different `parameters` still differ, equal ones prove nothing. */
  readonly isPartlyHidden?: boolean;
  /** The call takes values, known or not. */
  readonly hasValues: boolean;
  readonly isWrite: boolean;
  /** Items of the list that one placeholder stands for: their number, or 'unknown'. */
  readonly listSize?: number | 'unknown';
  /** Several rows, keys or messages in one call. */
  readonly isBatch: boolean;
  readonly isPaged: boolean;
  readonly isPipelined: boolean;
  /** Table, collection, key pattern, host or service: what the call is about. '' when unknown. */
  readonly entity: string;
  readonly shape?: SqlShape;
}

/** Counts towards the queries of a request: a call to a database that is neither control nor cursor housekeeping. */
export function isCounted(call: Call): boolean {
  return isDatabaseKind(call.kind) && (call.role === 'plain' || call.role === 'system');
}

export function isDatabaseKind(kind: CallKind): boolean {
  return kind === 'sql' || kind === 'document' || kind === 'keyvalue' || kind === 'search';
}

/** A span that stands for a database call, its wrapper or its connection. */
export function isDatabaseSpan(span: Pick<DetectSpan, 'kind' | 'attributes'>): boolean {
  if (span.kind === 2 || span.kind === 5) return false;
  return (
    attributeOf(span.attributes, 'databaseSystem') !== undefined ||
    attributeOf(span.attributes, 'databaseText') !== undefined
  );
}

const CONNECT =
  /^(?:pg\.connect|pg-pool\.connect|mysql2?\.connect|tcp\.connect|tls\.connect|connect|redis-connect|mongodb\.connect|.*:connection|.*getconnection|.*\bpool\.(?:acquire|connect).*)$/i;

/** Opening or borrowing a connection: time, but no call. */
export function isConnectSpan(span: Pick<DetectSpan, 'name'>): boolean {
  return CONNECT.test(span.name);
}

/** The call a span stands for; undefined for other spans, connections and answers from a cache. */
export function callOf(span: DetectSpan): Call | undefined {
  if (isDatabaseSpan(span)) {
    if (isConnectSpan(span) || isCached(span)) return undefined;
    switch (familyOf(textOf(span.attributes, 'databaseSystem').toLowerCase())) {
      case 'keyvalue':
        return keyValueCall(span);
      case 'document':
        return documentCall(span);
      case 'search':
        return searchCall(span);
      case 'sql':
        return sqlCall(span);
    }
  }
  if (span.kind === 4) return publishCall(span);
  if (span.kind !== 3) return undefined;
  if (attributeOf(span.attributes, 'rpcSystem') !== undefined) return rpcCall(span);
  if (attributeOf(span.attributes, 'messagingSystem') !== undefined) return publishCall(span);
  return httpCall(span);
}

function isCached(span: DetectSpan): boolean {
  const cached = span.attributes['cached'] ?? span.attributes['db.cached'] ?? span.attributes['cache.hit'];
  return cached === true || cached === 'true';
}
