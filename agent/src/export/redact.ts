import type { Span } from '@opentelemetry/sdk-trace';
import { PARAMETER_HASH } from '../attributes.ts';
import { dialectOf, fingerprintOf, literalParameters, maskLiterals } from '../sql/index.ts';
import { createParameterHasher } from './parameter-hash.ts';

export const parameterHasher = createParameterHasher();

const STATEMENTS = ['db.query.text', 'db.statement'] as const;
// `url.path` too: some frameworks' instrumentations write the query into it.
const URLS = ['url.full', 'http.url', 'http.target', 'url.path', 'url.query'] as const;
const STATEMENT_CHARACTERS_MAX = 8_192;
/** Their texts are no SQL. The instrumentations that write them leave values out, or are made to by our table. */
const NOT_SQL: ReadonlySet<string> = new Set([
  'redis',
  'memcached',
  'mongodb',
  'elasticsearch',
  'opensearch',
  'aws.dynamodb',
  'dynamodb',
]);

/** Takes literals and query values out of a span that is ending; their salted hash stays, so that repeats can be told apart. */
export function redactSpan(span: Span): void {
  const { attributes } = span;
  for (const name of STATEMENTS) {
    const statement = attributes[name];
    if (typeof statement === 'string') orHide(span, name, () => redactStatement(span, { name, statement }));
  }
  for (const name of URLS) {
    const url = attributes[name];
    if (typeof url === 'string') orHide(span, name, () => redactUrl(span, { name, url }));
  }
}

/** What could not be redacted is not sent. */
function orHide(span: Span, name: string, redact: () => void): void {
  try {
    redact();
  } catch (error) {
    span.setAttribute(name, '');
    throw error;
  }
}

function redactStatement(span: Span, { name, statement }: { name: string; statement: string }): void {
  const system = span.attributes['db.system.name'] ?? span.attributes['db.system'];
  if (typeof system === 'string' && NOT_SQL.has(system)) {
    if (statement.length > STATEMENT_CHARACTERS_MAX) {
      span.setAttribute(name, statement.slice(0, STATEMENT_CHARACTERS_MAX));
    }
    return;
  }
  const dialect = dialectOf(typeof system === 'string' ? system : '');
  const shape = fingerprintOf(statement, dialect);
  const literals = literalParameters(shape);
  if (literals !== undefined && span.attributes[PARAMETER_HASH] === undefined) {
    span.setAttribute(PARAMETER_HASH, parameterHasher.ofText(literals));
  }
  if (shape.literals === 0 && !shape.isTruncated && statement.length <= STATEMENT_CHARACTERS_MAX) return;
  const masked = maskLiterals(statement, dialect);
  if (masked.length > STATEMENT_CHARACTERS_MAX) {
    span.setAttribute(name, `${masked.slice(0, STATEMENT_CHARACTERS_MAX - 3)}...`);
  } else if (masked !== statement) span.setAttribute(name, masked);
}

function redactUrl(span: Span, { name, url }: { name: string; url: string }): void {
  const redacted = name === 'url.query' ? withoutValues(url) : withoutQueryValues(url);
  if (redacted === url) return;
  if (span.attributes[PARAMETER_HASH] === undefined) {
    span.setAttribute(PARAMETER_HASH, parameterHasher.ofText(url));
  }
  span.setAttribute(name, redacted);
}

const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/@?#]*@/i;

function withoutQueryValues(url: string): string {
  if (!url.includes('?') && !url.includes('@')) return url;
  const bare = url.replace(CREDENTIALS, '$1');
  const start = bare.indexOf('?');
  if (start < 0) return bare;
  const end = bare.indexOf('#', start);
  return `${bare.slice(0, start + 1)}${withoutValues(bare.slice(start + 1, end < 0 ? undefined : end))}`;
}

/** `a=1&b=2` becomes `a=&b=`: the keys tell a page parameter from an id. */
function withoutValues(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? pair : pair.slice(0, equals + 1);
    })
    .join('&');
}
