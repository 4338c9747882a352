import { dialectOf, shapeOf } from '../sql/index.ts';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SpanKind } from '@opentelemetry/api';
import type { SqlDialect } from '../sql/types.ts';

const KEYS_MAX = 256;
const EVICTION_SCAN_MAX = 16;
/** A stack costs 6 to 10 µs, so it is read at these occurrences of a key and never at its first. */
const CAPTURED_OCCURRENCES: ReadonlySet<number> = new Set([2, 3, 5, 9]);
const CAPTURES_MAX = 32;
const BUILDS_CAPTURED_MAX = 200;

/** Decides, within one request, which calls are repeats worth a call site. */
export interface RepeatBudget {
  /** Counts one call; true when its stack is to be read. */
  readonly isCaptureDue: (key: string) => boolean;
  /** For query builders, whose text is unknown while the app is still on the stack. */
  readonly isBuildCaptureDue: () => boolean;
}

export function createRepeatBudget(): RepeatBudget {
  const counts = new Map<string, number>();
  let captures = 0;
  let builds = 0;
  return {
    isCaptureDue: (key) => {
      const count = (counts.get(key) ?? 0) + 1;
      if (count === 1 && counts.size >= KEYS_MAX) evictOneOff(counts);
      if (count > 1 || counts.size < KEYS_MAX) counts.set(key, count);
      if (captures >= CAPTURES_MAX || !CAPTURED_OCCURRENCES.has(count)) return false;
      captures++;
      return true;
    },
    isBuildCaptureDue: () => {
      builds++;
      return builds > 1 && builds <= BUILDS_CAPTURED_MAX && captures < CAPTURES_MAX;
    },
  };
}

function evictOneOff(counts: Map<string, number>): void {
  let scanned = 0;
  for (const [key, count] of counts) {
    if (count === 1) {
      counts.delete(key);
      return;
    }
    if (++scanned >= EVICTION_SCAN_MAX) return;
  }
}

const SQL_SYSTEMS = /sql|maria|oracle|db2|cockroach|redshift|spanner|h2|derby/;
const LATE_TEXT_SCOPE = '@opentelemetry/instrumentation-pg';

/** What makes two calls of a request the same call. Undefined: no call, or its text comes later, through a hook. */
export function repeatKeyOf(span: ReadableSpan): string | undefined {
  if (span.kind !== SpanKind.CLIENT && span.kind !== SpanKind.PRODUCER) {
    return span.name === 'prisma:client:operation' ? `prisma ${text(span.attributes['name'])}` : undefined;
  }
  const { attributes } = span;
  const statement = attributes['db.query.text'] ?? attributes['db.statement'];
  const system = text(attributes['db.system.name'] ?? attributes['db.system']);
  if (typeof statement === 'string' && SQL_SYSTEMS.test(system))
    return statementKey(statement, dialectOf(system));
  if (system !== '') {
    if (span.instrumentationScope.name === LATE_TEXT_SCOPE) return undefined;
    // By scope too: a library and its driver, both instrumented, are counted apart.
    return `${system} ${span.instrumentationScope.name} ${span.name} ${text(attributes['db.collection.name'])}`;
  }
  const url = attributes['url.full'] ?? attributes['http.url'];
  return typeof url === 'string' ? `${span.name} ${urlShape(url)}` : span.name;
}

/** `dialect` as redaction and detection take it: the scanner keeps one shape a text. */
export function statementKey(statement: string, dialect: SqlDialect): string {
  return shapeOf(statement, dialect).fingerprint;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Origin and path, ids folded, query left out. */
function urlShape(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.replaceAll(/[^/]*\d[^/]*/g, '*');
}
