import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace';
import type { Attributes } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { PARAMETER_HASH } from '../attributes.ts';
import { createParameterHasher } from './parameter-hash.ts';
import { redactSpan } from './redact.ts';

function exported(attributes: Attributes): Attributes {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnding: (span: Span) => redactSpan(span),
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  provider.getTracer('test').startSpan('x', { attributes }).end();
  return ended[0]?.attributes ?? {};
}

it('masks SQL literals and keeps a hash that tells the values apart', () => {
  const one = exported({
    'db.system.name': 'postgresql',
    'db.query.text': "SELECT * FROM users WHERE mail = 'a@b.c'",
  });
  const same = exported({
    'db.system.name': 'postgresql',
    'db.query.text': "SELECT * FROM users WHERE mail = 'a@b.c'",
  });
  const two = exported({
    'db.system.name': 'postgresql',
    'db.query.text': "SELECT * FROM users WHERE mail = 'x@y.z'",
  });
  expect(one['db.query.text']).toBe('SELECT * FROM users WHERE mail = ?');
  expect(one[PARAMETER_HASH]).toMatch(/^[0-9a-f]{8}$/);
  expect(same[PARAMETER_HASH]).toBe(one[PARAMETER_HASH]);
  expect(two[PARAMETER_HASH]).not.toBe(one[PARAMETER_HASH]);
});

it('gives no hash when some values are bound elsewhere: it would call all repeats equal', () => {
  const attributes = exported({
    'db.system.name': 'mysql',
    'db.query.text': 'SELECT a FROM t WHERE id = ? LIMIT 1',
  });
  expect(attributes['db.query.text']).toBe('SELECT a FROM t WHERE id = ? LIMIT ?');
  expect(attributes[PARAMETER_HASH]).toBeUndefined();
});

it('leaves a parameterised statement as it is', () => {
  const statement = 'SELECT * FROM users WHERE id = $1';
  expect(exported({ 'db.system': 'postgresql', 'db.statement': statement })).toEqual({
    'db.system': 'postgresql',
    'db.statement': statement,
  });
});

it.each([
  ['url.full', 'http://u:p@host/a/7?token=s3cret&page=2#x', 'http://host/a/7?token=&page='],
  ['http.url', 'http://host/a?b', 'http://host/a?b'],
  ['http.target', '/a?q=s3cret', '/a?q='],
  ['url.query', 'q=s3cret&flag', 'q=&flag'],
])('drops query values from %s', (name, url, redacted) => {
  const attributes = exported({ [name]: url });
  expect(attributes[name]).toBe(redacted);
  expect(attributes[PARAMETER_HASH] === undefined).toBe(url === redacted);
});

it('cuts an endless statement', () => {
  const text = exported({ 'db.query.text': `SELECT ${'a, '.repeat(10_000)} b FROM t` })['db.query.text'];
  expect(String(text)).toHaveLength(8_192);
});

it('hashes values without calling the app', () => {
  const hasher = createParameterHasher(1);
  const trap = {
    get id(): never {
      throw new Error('read');
    },
    toString(): never {
      throw new Error('called');
    },
  };
  expect(hasher.ofValues([trap, Symbol('s'), null, new Date(5), Buffer.from('x'), [1, trap]])).toMatch(
    /^[0-9a-f]{8}$/,
  );
  expect(hasher.ofValues([1])).not.toBe(hasher.ofValues([2]));
  expect(hasher.ofValues(['ab', 'c'])).not.toBe(hasher.ofValues(['a', 'bc']));
  expect(hasher.ofValues([])).toBeUndefined();
  expect(createParameterHasher(2).ofValues([1])).not.toBe(hasher.ofValues([1]));
});

it('sends nothing of a text that it fails to redact', () => {
  const text = "SELECT * FROM users WHERE mail = 'a@b.c'";
  const span = new TracerProvider()
    .getTracer('test')
    .startSpan('x', { attributes: { 'db.query.text': text } });
  // Fails at the first thing that redaction writes.
  const setAttribute = span.setAttribute.bind(span);
  let isFirst = true;
  span.setAttribute = (name, value) => {
    if (!isFirst) return setAttribute(name, value);
    isFirst = false;
    throw new Error('broken');
  };
  expect(() => redactSpan(span as unknown as Span)).toThrow('broken');
  expect((span as unknown as ReadableSpan).attributes['db.query.text']).toBe('');
});
