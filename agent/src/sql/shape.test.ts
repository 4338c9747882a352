import { describe, expect, it } from 'vitest';
import { shapeOf } from './shape.ts';
import type { SqlDialect, SqlShape } from './types.ts';

type Row = readonly [name: string, sql: string, dialect: SqlDialect, shape: Partial<SqlShape>];

const ROWS: readonly Row[] = [
  ['a backslash in MySQL', "SELECT 'it\\'s' FROM t", 'mysql', { text: 'SELECT ? FROM t' }],
  ['a backslash in Postgres', "SELECT '\\', x FROM t", 'postgresql', { text: 'SELECT ?, x FROM t' }],
  ['an escape string', "SELECT E'it\\'s', x FROM t", 'postgresql', { text: 'SELECT ?, x FROM t' }],
  ['prefixed strings', "SELECT N'a', X'ff', b'01' FROM t", 'mssql', { text: 'SELECT ?, ?, ? FROM t' }],
  ['dollar quotes', "SELECT $$it's$$, $a$ $$ $a$ FROM t", 'postgresql', { text: 'SELECT ?, ? FROM t' }],
  ['Oracle quotes', "SELECT q'[it's]', q'!a!' FROM dual", 'oracle', { text: 'SELECT ?, ? FROM dual' }],
  ['nested comments', 'SELECT 1 /* a /* b */ c */ FROM t', 'postgresql', { text: 'SELECT ? FROM t' }],
  ['flat comments', 'SELECT a /* x /* y */ FROM t', 'mysql', { text: 'SELECT a FROM t' }],
  ['a hash comment', 'SELECT a # 1\nFROM t', 'mysql', { text: 'SELECT a FROM t' }],
  ['a hash operator', 'SELECT a # 1 FROM t', 'postgresql', { text: 'SELECT a # ? FROM t' }],
  ['two dashes in MySQL', 'SELECT 5--3', 'mysql', { text: 'SELECT ?-?' }],
  ['quoted names', 'SELECT "a" FROM "t"', 'postgresql', { text: 'SELECT "a" FROM "t"', tables: ['t'] }],
  ['quoted strings', 'SELECT a FROM t WHERE b = "c"', 'mysql', { text: 'SELECT a FROM t WHERE b = ?' }],
  [
    'a quoted column beside a point',
    'SELECT * FROM "a" JOIN "b" ON "a"."id" = "b"."a_id" WHERE "n" = "v"',
    'unknown',
    { text: 'SELECT * FROM "a" JOIN "b" ON "a"."id" = "b"."a_id" WHERE "n" = ?' },
  ],
  [
    'quoted strings in lists',
    'INSERT INTO "t" ("a") VALUES ("x"), ("y")',
    'unknown',
    { text: 'INSERT INTO "t" ("a") VALUES (?)', rows: 2 },
  ],
  ['backticks', 'SELECT `a b` FROM `t`', 'mysql', { text: 'SELECT `a b` FROM `t`', tables: ['t'] }],
  ['brackets', 'SELECT [a b] FROM [dbo].[t]', 'mssql', { tables: ['dbo.t'] }],
  ['an array', 'SELECT a[1], ARRAY[1,2,3] FROM t', 'postgresql', { text: 'SELECT a[?], ARRAY[?] FROM t' }],
  [
    'placeholders of all kinds',
    'SELECT ?, $1, :a, @b, %s, %(c)s, ?2 FROM t',
    'unknown',
    { text: 'SELECT ?, ?, ?, ?, ?, ?, ? FROM t', placeholders: 7, literals: 0 },
  ],
  [
    'what only looks like a placeholder',
    'SELECT a::int, @@x, j ?| k FROM t',
    'postgresql',
    { text: 'SELECT a::int, @@x, j ?| k FROM t', placeholders: 0 },
  ],
  [
    'a sign and a subtraction',
    'SELECT a - 1, (-1), a-1 FROM t WHERE b = -2',
    'unknown',
    { text: 'SELECT a - ?, (?), a-? FROM t WHERE b = ?' },
  ],
  [
    'constants',
    'SELECT NULL, true FROM t WHERE a IS NULL AND b IS NOT NULL AND c = FALSE',
    'unknown',
    { text: 'SELECT ?, ? FROM t WHERE a IS NULL AND b IS NOT NULL AND c = ?', literals: 3, equalities: 1 },
  ],
  [
    'lists with casts and tuples',
    'SELECT 1 FROM t WHERE a IN ($1::int, $2::int) AND (b, c) IN ((1,2),(3,4),(5,6))',
    'postgresql',
    { text: 'SELECT ? FROM t WHERE a IN (?::int) AND (b, c) IN ((?,?))', inArity: 3, hasIn: true },
  ],
  [
    'a list that is a query',
    'SELECT 1 FROM t WHERE a IN (SELECT b, c FROM u WHERE d IN (1, 2))',
    'unknown',
    {
      text: 'SELECT ? FROM t WHERE a IN (SELECT b, c FROM u WHERE d IN (?))',
      inArity: 2,
      tables: ['t', 'u'],
    },
  ],
  [
    'a list with an expression',
    'SELECT 1 FROM t WHERE a IN (1, lower(2), 3)',
    'unknown',
    { text: 'SELECT ? FROM t WHERE a IN (?, lower(?))', inArity: 3 },
  ],
  [
    'rows',
    'INSERT INTO t (a, b) VALUES (?, now()), (?, DEFAULT), (?, ?) ON DUPLICATE KEY UPDATE a = VALUES(a), b = 1',
    'mysql',
    {
      text: 'INSERT INTO t (a, b) VALUES (?, now()) ON DUPLICATE KEY UPDATE a = VALUES(a), b = ?',
      rows: 3,
      equalities: 0,
    },
  ],
  ['one row', 'INSERT INTO t VALUES ($1, $2)', 'unknown', { rows: 1, verb: 'write', operation: 'INSERT' }],
  [
    'what selects the rows',
    'SELECT * FROM t WHERE t.a = $1 AND "b" = $2 AND c IN ($3) AND d NOT IN ($4) AND e > $5 LIMIT 1',
    'postgresql',
    { equalities: 2, predicateColumns: ['a', 'b', 'c'], hasIn: true, hasWhere: true, isLimitOne: true },
  ],
  [
    'any of an array',
    'SELECT * FROM t WHERE id = ANY($1)',
    'postgresql',
    { hasIn: true, predicateColumns: ['id'] },
  ],
  [
    'a SET is no predicate',
    'UPDATE t SET a = $1, b = $2 WHERE id = $3',
    'postgresql',
    { equalities: 1, predicateColumns: ['id'], verb: 'write' },
  ],
  [
    'a comparison of columns',
    'SELECT 1 FROM a JOIN b ON a.x = b.y',
    'unknown',
    { equalities: 0, predicateColumns: [] },
  ],
  ['a key in a call', 'SELECT 1 FROM t WHERE id = CAST(? AS uuid)', 'unknown', { equalities: 1 }],
  [
    'pages by offset',
    'SELECT * FROM t ORDER BY id LIMIT $1 OFFSET $2',
    'unknown',
    { hasOrderBy: true, hasLimit: true, hasOffset: true, isLimitOne: false },
  ],
  ['pages of MySQL', 'SELECT * FROM t LIMIT 20, 1', 'mysql', { hasOffset: true, isLimitOne: false }],
  ['pages by key', 'SELECT * FROM t WHERE id > $1 ORDER BY id LIMIT 10', 'unknown', { isKeyset: true }],
  ['pages by tuple', 'SELECT * FROM t WHERE (a, b) > ($1, $2) ORDER BY a', 'unknown', { isKeyset: true }],
  ['the first row', 'SELECT * FROM t FETCH FIRST ROW ONLY', 'oracle', { isLimitOne: true, verb: 'read' }],
  [
    'the top row of several columns',
    'SELECT TOP(1) [a], [b] FROM [t] WHERE [c] = @p',
    'mssql',
    { isLimitOne: true, hasOffset: false, equalities: 1 },
  ],
  [
    'a system variable',
    'SELECT [a] FROM [t] WHERE @@ROWCOUNT = 1 AND [b] = @p',
    'mssql',
    { predicateColumns: ['b'] },
  ],
  ['a copy', 'COPY t (a) FROM STDIN', 'postgresql', { tables: ['t'], summary: 'COPY t', verb: 'write' }],
  ['the top row', 'SELECT TOP(1) * FROM t', 'mssql', { isLimitOne: true }],
  ['a window', 'SELECT row_number() OVER (ORDER BY a) FROM t', 'unknown', { hasOrderBy: false }],
  [
    'a batch with settings first',
    'SET NOCOUNT ON; INSERT INTO t VALUES (1);',
    'mssql',
    { verb: 'write', operation: 'INSERT' },
  ],
  ['a cursor', 'DECLARE c CURSOR FOR SELECT 1', 'postgresql', { verb: 'cursor', operation: 'DECLARE' }],
  [
    'a writing WITH',
    'WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x',
    'unknown',
    { verb: 'write', operation: 'WITH' },
  ],
  ['a transaction', 'start transaction read only', 'unknown', { verb: 'control', operation: 'START' }],
  ['a change of schema', 'CREATE INDEX i ON t (a)', 'unknown', { verb: 'ddl' }],
  ['an update in disguise', 'SELECT * FROM t FOR UPDATE', 'unknown', { verb: 'read' }],
  [
    'dots at the end',
    'SELECT a FROM t WHERE b = $1 AND cc...',
    'unknown',
    { text: 'SELECT a FROM t WHERE b = ? AND ...', isTruncated: true },
  ],
  [
    'a string that does not close',
    "SELECT a FROM t WHERE b = 'secr",
    'unknown',
    { text: 'SELECT a FROM t WHERE b = ...', isTruncated: true },
  ],
  [
    'a comment that does not close',
    'SELECT a /* FROM t',
    'unknown',
    { text: 'SELECT a ...', isTruncated: true },
  ],
];

describe('shapeOf', () => {
  it.each(ROWS)('reads %s', (_name, sql, dialect, expected) => {
    expect(shapeOf(sql, dialect)).toMatchObject(expected);
  });

  it('unwraps what SQL Server is given to execute', () => {
    const shape = shapeOf(
      "exec sp_executesql N'SELECT * FROM [t] WHERE [n] = ''x'' AND [Id] = @p0', N'@p0 int', @p0=5",
      'mssql',
    );
    expect(shape.text).toBe('SELECT * FROM [t] WHERE [n] = ? AND [Id] = ?');
  });

  it('keeps the tags of a comment that may be kept, at either end', () => {
    const after = shapeOf("SELECT 1 FROM t /*controller='books',traceparent='00-ab-01',route='%2Fbooks'*/");
    const before = shapeOf("/*action='show'*/ SELECT 1 FROM t;");
    expect(after.tags).toEqual({ controller: 'books', route: '/books' });
    expect(before.tags).toEqual({ action: 'show' });
    expect(after.fingerprint).toBe(before.fingerprint);
  });

  it('takes no tag from a string', () => {
    const shape = shapeOf("SELECT 'a /*route=x*/' FROM t WHERE b = '/*file=y*/'");
    expect(shape).toMatchObject({ tags: {}, text: 'SELECT ? FROM t WHERE b = ?' });
  });

  it.each([
    ['select  A from T where B=1', 'SELECT a FROM t WHERE b = $1'],
    ['SELECT a FROM t WHERE b IN (1,2,3)', 'SELECT a FROM t WHERE b IN ($1)'],
    ["INSERT INTO t VALUES (1, 'x')", 'INSERT INTO t VALUES (?, ?), (?, ?)'],
    ['SELECT a FROM t WHERE b = -1', 'SELECT a FROM t WHERE b = 1;'],
  ])('gives one fingerprint to %s and %s', (one, other) => {
    expect(shapeOf(one).fingerprint).toBe(shapeOf(other).fingerprint);
  });

  it.each([
    ['SELECT a FROM t1', 'SELECT a FROM t2'],
    ['SELECT a FROM t WHERE b IS NULL', 'SELECT a FROM t WHERE b IS NOT NULL'],
    ['SELECT ab FROM t', 'SELECT a b FROM t'],
  ])('gives different fingerprints to %s and %s', (one, other) => {
    expect(shapeOf(one).fingerprint).not.toBe(shapeOf(other).fingerprint);
  });

  it('tells literals apart by their hash', () => {
    const hash = (sql: string): number => shapeOf(sql).literalHash;
    expect(hash('SELECT a FROM t WHERE b = 1')).not.toBe(hash('SELECT a FROM t WHERE b = 2'));
    expect(hash('SELECT a FROM t WHERE b = 1')).toBe(hash('SELECT x FROM y WHERE z = 1'));
    expect(hash('SELECT a FROM t WHERE b = $1')).toBe(0);
    expect(hash('SELECT a FROM t WHERE b = $1 LIMIT 1')).toBe(0);
  });

  it('keeps the text of a statement without end within 8,192 characters', () => {
    const columns = Array.from({ length: 5_000 }, (_, i) => `column_${i}`).join(', ');
    const shape = shapeOf(`SELECT ${columns} FROM t`);
    expect(shape.text.length).toBeLessThanOrEqual(8_192);
    expect(shape.isTruncated).toBe(true);
    expect(shapeOf(shape.text).fingerprint).toBe(shape.fingerprint);
  });

  it('leaves a text that has long filled its shape, and knows no values of it then', () => {
    const hash = (terms: number): number =>
      shapeOf(`SELECT a FROM t WHERE ${'b = 1 OR '.repeat(terms)}c = 2`).literalHash;
    expect(hash(10_000)).not.toBe(0);
    expect(hash(20_000)).toBe(0);
  });

  it('folds a bulk insert of any length', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `(${i}, 'name ${i}')`).join(',');
    expect(shapeOf(`INSERT INTO t (a, b) VALUES ${rows}`)).toMatchObject({
      text: 'INSERT INTO t (a, b) VALUES (?, ?)',
      rows: 20_000,
      isTruncated: false,
    });
  });
});
