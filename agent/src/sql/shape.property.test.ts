import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lexer } from './lexer.ts';
import { maskLiterals } from './mask.ts';
import { SHAPES_MAX, ShapeCache } from './shape-cache.ts';
import { fingerprintOf, shapeOf } from './shape.ts';
import { charactersOf } from './text-characters.ts';
import type { SqlDialect, SqlShape } from './types.ts';

const DIALECTS: readonly SqlDialect[] = ['postgresql', 'mysql', 'sqlite', 'mssql', 'oracle', 'unknown'];
const dialect = fc.constantFrom(...DIALECTS);

/** What a value would look like if it came through: no keyword and no name below contains it. */
const SECRET = 'zq7secret';

const quoted = fc
  .array(
    fc.constantFrom(
      SECRET,
      "''",
      ' ',
      '"',
      '--',
      '/*',
      '*/',
      ';',
      '$1',
      '?',
      '(',
      ')',
      ',',
      '\n',
      'ü',
      '#',
      '%s',
    ),
    { maxLength: 6 },
  )
  .map((parts) => `'${parts.join('')}'`);
const number = fc.oneof(
  fc.constant('9876543'),
  fc.constant('-98.76543'),
  fc.constant('0xBEEF98'),
  fc.constant('98e-76'),
);
const literal = fc.oneof(quoted, number);
const column = fc.constantFrom('id', '"t"."name"', 'a.b', 'created_at', 't2.c3');
const predicate = fc.oneof(
  fc
    .tuple(column, fc.constantFrom('=', '<', '>=', '<>', 'LIKE', '||'), literal)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(column, fc.array(literal, { minLength: 1, maxLength: 5 }))
    .map(([name, values]) => `${name} IN (${values.join(', ')})`),
  fc.tuple(column, literal, literal).map(([name, low, high]) => `${name} BETWEEN ${low} AND ${high}`),
  fc.tuple(column, literal).map(([name, value]) => `${name}=${value}`),
);
const select = fc
  .tuple(
    column,
    fc.array(predicate, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', ' LIMIT 9876', ' ORDER BY id', ';'),
  )
  .map(([name, predicates, tail]) => `SELECT ${name} FROM t WHERE ${predicates.join(' AND ')}${tail}`);
const insert = fc
  .array(fc.tuple(literal, literal), { minLength: 1, maxLength: 4 })
  .map((rows) => `INSERT INTO t (a, b) VALUES ${rows.map(([a, b]) => `(${a}, ${b})`).join(',')}`);
const update = fc
  .tuple(literal, predicate)
  .map(([value, where]) => `UPDATE t SET a = ${value}, b = b + 98765 WHERE ${where} -- ${SECRET}`);
const statement = fc.oneof(select, insert, update);

const LEAK = /zq7secret|98|76|BEEF/;

const MARKS =
  "' \" ` [ ] ( ) , ; $ $$ $a$ ? ?? ?| | & : :: @ @@ % %s %( - -- / * /* */ # . .. ... … = < > ! + \\ { } E N' q'[ IN " +
  'IN( VALUES VALUES( ARRAY[ SELECT FROM WITH NULL IS 1 0x1 1e-5 a ü';

/** Texts that look like SQL only from afar. */
const noise = fc
  .array(fc.oneof(fc.constantFrom(...MARKS.split(' '), ' ', '\n'), fc.string({ maxLength: 3 })), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

describe('every statement', () => {
  it('leaves no literal in its shape', () => {
    fc.assert(
      fc.property(statement, dialect, (sql, name) => {
        const shape = shapeOf(sql, name);
        expect(shape.text).not.toMatch(LEAK);
        expect(shape.summary).not.toMatch(LEAK);
      }),
      { numRuns: 10_000 },
    );
  });

  it('leaves no literal when it is masked', () => {
    fc.assert(
      fc.property(statement, dialect, (sql, name) => {
        expect(maskLiterals(sql, name)).not.toMatch(LEAK);
      }),
      { numRuns: 500 },
    );
  });

  it('has one fingerprint, with and without its shape', () => {
    fc.assert(
      fc.property(fc.oneof(statement, noise), dialect, (sql, name) => {
        const { fingerprint, placeholders, literals, literalHash, isTruncated } = shapeOf(sql, name);
        const alone = { fingerprint, placeholders, literals, literalHash, isTruncated };
        expect(fingerprintOf(sql, name)).toEqual(alone);
      }),
      { numRuns: 500 },
    );
  });

  it('has the shape of its shape', () => {
    fc.assert(
      fc.property(fc.oneof(statement, noise), dialect, (sql, name) => {
        const once = shapeOf(sql, name);
        const twice = shapeOf(once.text, name);
        expect(twice.fingerprint).toBe(once.fingerprint);
        expect(twice.text).toBe(once.text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps its fingerprint when it is masked first', () => {
    fc.assert(
      fc.property(statement, dialect, (sql, name) => {
        expect(shapeOf(maskLiterals(sql, name), name).fingerprint).toBe(shapeOf(sql, name).fingerprint);
      }),
      { numRuns: 500 },
    );
  });

  it('never makes the scanner throw or stand still', () => {
    fc.assert(
      fc.property(noise, dialect, (sql, name) => {
        const lexer = new Lexer();
        lexer.restart(sql, charactersOf(sql), { dialect: name, end: sql.length });
        let before = 0;
        let tokens = 0;
        while (lexer.fill()) {
          for (const stop of lexer.stops.subarray(1, lexer.count + 1)) {
            expect(stop).toBeGreaterThan(before);
            before = stop;
          }
          tokens += lexer.count;
        }
        expect(tokens).toBeLessThanOrEqual(sql.length);
        expect(shapeOf(sql, name).fingerprint).toMatch(/^[0-9a-f]{16}$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the cache of shapes', () => {
  it('holds no more than its limit and keeps what is used', () => {
    const cache = new ShapeCache<SqlShape>();
    const shape = shapeOf('SELECT a FROM t WHERE b = $1');
    cache.set('used', 'unknown', shape);
    for (let i = 0; i < SHAPES_MAX * 3; i++) {
      cache.set(`statement ${i}`, 'unknown', shape);
      expect(cache.get('used', 'unknown')).toBe(shape);
    }
    expect(cache.size).toBeLessThanOrEqual(SHAPES_MAX);
    expect(cache.get('statement 0', 'unknown')).toBeUndefined();
  });

  it('does not mistake one dialect for another', () => {
    const sql = 'SELECT a FROM t WHERE b = "c"';
    expect(shapeOf(sql, 'postgresql').text).toBe(sql);
    expect(shapeOf(sql, 'mysql').text).toBe('SELECT a FROM t WHERE b = ?');
    expect(shapeOf(sql, 'postgresql').text).toBe(sql);
  });

  it('gives back the same shape for a statement that differs in its trailing comment', () => {
    const one = shapeOf("SELECT z FROM t WHERE b = $1 /*traceparent='00-a-01'*/");
    expect(shapeOf("SELECT z FROM t WHERE b = $1 /*traceparent='00-b-01'*/")).toBe(one);
  });
});
