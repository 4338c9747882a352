/** What a span of pg says of its statement: https://opentelemetry.io/docs/specs/semconv/database/postgresql/ */
import type { Attributes } from '@opentelemetry/api';
import { LIST_SIZE, PARAMETER_HASH } from '../attributes.ts';
import { parameterHasher } from '../export/redact.ts';

export interface PgClient {
  readonly connectionParameters?: {
    readonly host?: unknown;
    readonly port?: unknown;
    readonly database?: unknown;
  };
}

/** A statement with what the app bound to it. */
export interface PgCall {
  readonly text: string;
  /** Of a prepared statement; '' when it has none. */
  readonly name: string;
  readonly values: readonly unknown[] | undefined;
}

/** The first two arguments of `query`. Undefined: nothing that pg would run. */
export function callOf(statement: unknown, second: unknown): PgCall | undefined {
  const given = Array.isArray(second) ? second : undefined;
  if (typeof statement === 'string') return { text: statement, name: '', values: given };
  if (typeof statement !== 'object' || statement === null) return undefined;
  // A `pg-query-stream` has its statement in the cursor that it reads.
  if ('cursor' in statement && !('text' in statement)) return callOf(statement.cursor, undefined);
  if (!('text' in statement) || typeof statement.text !== 'string') return undefined;
  const own = 'values' in statement && Array.isArray(statement.values) ? statement.values : undefined;
  const name = 'name' in statement && typeof statement.name === 'string' ? statement.name : '';
  return { text: statement.text, name, values: own ?? given };
}

export function spanName({ text, name }: PgCall, client: PgClient): string {
  const database = client.connectionParameters?.database;
  const what = name === '' ? operationOf(text) : name;
  return typeof database === 'string' && database !== ''
    ? `pg.query:${what} ${database}`
    : `pg.query:${what}`;
}

/** Bound values never leave the process: their salted hash does. */
export function callAttributes({ text, name, values }: PgCall, client: PgClient): Attributes {
  const { database, host, port } = client.connectionParameters ?? {};
  const attributes: Attributes = { 'db.system.name': 'postgresql', 'db.query.text': text };
  if (typeof database === 'string') attributes['db.namespace'] = database;
  if (typeof host === 'string') attributes['server.address'] = host;
  if (Number.isInteger(port)) attributes['server.port'] = Number(port);
  if (name !== '') attributes['db.postgresql.plan'] = name;
  if (values === undefined) return attributes;
  const hash = parameterHasher.ofValues(values);
  if (hash !== undefined) attributes[PARAMETER_HASH] = hash;
  let longest = -1;
  for (const value of values) if (Array.isArray(value)) longest = Math.max(longest, value.length);
  if (longest >= 0) attributes[LIST_SIZE] = longest;
  return attributes;
}

/** Letters alone: what stands next to them may be a value. */
const FIRST_WORD = /^[\s(]*([a-z]+)/i;

function operationOf(text: string): string {
  return (FIRST_WORD.exec(text)?.[1] ?? '').toUpperCase();
}
