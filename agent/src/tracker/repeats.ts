import { dialectOf, fingerprintOf } from '../sql/index.ts';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SpanKind } from '@opentelemetry/api';
import type { SqlDialect } from '../sql/types.ts';
import { SlowCalls } from './slow-calls.ts';

const KEYS_MAX = 256;
const EVICTION_SCAN_MAX = 16;
/**
 * A stack costs 5 to 15 µs, so it is read at the first occurrence of a key only where that was slow before, and ever more
 * rarely after the fifth.
 */
const SKIPPED_OCCURRENCE = 3;
const CAPTURES_MAX = 32;
const BUILDS_CAPTURED_MAX = 200;

/**
 * Over all requests: whether the second call of a key is worth a stack in this one. It makes no finding, so that once its
 * line has been seen often enough, one request in `every` will do.
 */
export class SecondCalls {
  readonly slow = new SlowCalls();
  readonly #every: number;
  readonly #seen = new Map<string, number>();

  constructor(every: number) {
    this.#every = every;
  }

  isDue(key: string): boolean {
    if (this.#every === 1) return true;
    const count = (this.#seen.get(key) ?? 0) + 1;
    if (this.#seen.size >= SECOND_KEYS_MAX) this.#seen.clear();
    this.#seen.set(key, count);
    return count <= SECOND_CALLS_FIRST || count % this.#every === 0;
  }
}

const SECOND_KEYS_MAX = 5_000;
const SECOND_CALLS_FIRST = 16;

/** Decides, within one request, which calls are repeats worth a call site. */
export class RepeatBudget {
  readonly #seconds: SecondCalls;
  /** Most requests make no call. */
  #counts: Map<string, number> | undefined;
  #captures = 0;
  #builds = 0;

  constructor(seconds: SecondCalls) {
    this.#seconds = seconds;
  }

  /** Counts one call; true when its stack is to be read. */
  isCaptureDue(key: string): boolean {
    const counts = (this.#counts ??= new Map());
    const count = (counts.get(key) ?? 0) + 1;
    if (count === 1 && counts.size >= KEYS_MAX) evictOneOff(counts);
    if (count > 1 || counts.size < KEYS_MAX) counts.set(key, count);
    if (this.#captures >= CAPTURES_MAX) return false;
    if (count === 1 ? !this.#seconds.slow.isDue(key) : !isCaptured(count)) return false;
    if (count === 2 && !this.#seconds.isDue(key)) return false;
    this.#captures++;
    return true;
  }

  /** For query builders, whose text is unknown while the app is still on the stack. */
  isBuildCaptureDue(): boolean {
    this.#builds++;
    return this.#builds > 1 && this.#builds <= BUILDS_CAPTURED_MAX && this.#captures < CAPTURES_MAX;
  }
}

/** 2, 5, 9, 17, 33 and so on. */
function isCaptured(occurrence: number): boolean {
  const before = occurrence - 1;
  return before > 0 && (before & (before - 1)) === 0 && occurrence !== SKIPPED_OCCURRENCE;
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

/** What makes two calls of a request the same call. Undefined: no call. */
export function repeatKeyOf(span: ReadableSpan): string | undefined {
  if (span.kind !== SpanKind.CLIENT && span.kind !== SpanKind.PRODUCER) {
    return span.name === 'prisma:client:operation' ? `prisma ${text(span.attributes['name'])}` : undefined;
  }
  const { attributes } = span;
  const statement = attributes['db.query.text'] ?? attributes['db.statement'];
  const system = text(attributes['db.system.name'] ?? attributes['db.system']);
  if (typeof statement === 'string' && (system === 'postgresql' || SQL_SYSTEMS.test(system)))
    return statementKey(statement, dialectOf(system));
  if (system !== '') {
    // By scope too: a library and its driver, both instrumented, are counted apart.
    return `${system} ${span.instrumentationScope.name} ${span.name} ${text(attributes['db.collection.name'])}`;
  }
  const url = attributes['url.full'] ?? attributes['http.url'];
  return typeof url === 'string' ? `${span.name} ${urlShape(url)}` : span.name;
}

/** `dialect` as redaction and detection take it: the scanner keeps one shape a text. */
export function statementKey(statement: string, dialect: SqlDialect): string {
  return fingerprintOf(statement, dialect).fingerprint;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Origin and path, ids folded, query left out. */
function urlShape(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.replaceAll(/[^/]*\d[^/]*/g, '*');
}
