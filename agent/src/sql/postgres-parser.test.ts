import fc from 'fast-check';
import { fingerprintSync, loadModule } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { shapeOf } from './shape.ts';

// The judge is the parser of Postgres itself: two texts are one statement to us when its fingerprint says so.

interface Predicate {
  readonly column: string;
  readonly test: '=' | '<' | '<>' | 'LIKE' | 'IN' | 'BETWEEN' | 'IS NULL' | 'IS NOT NULL' | '= ANY';
}

interface Model {
  readonly verb: 'select' | 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly columns: readonly string[];
  readonly join: '' | 'JOIN' | 'LEFT JOIN' | 'CROSS JOIN';
  readonly predicates: readonly Predicate[];
  readonly glue: 'AND' | 'OR';
  readonly order: '' | 'ASC' | 'DESC';
  readonly hasLimit: boolean;
}

/** How one and the same statement is written down. Each row is used in turn, over and over. */
interface Style {
  readonly values: readonly string[];
  readonly blanks: readonly string[];
  readonly isUpper: readonly boolean[];
  readonly listLength: number;
}

const COLUMNS = ['id', 'email', 'created_at', 'shop_id', 'x1'];
const predicate: fc.Arbitrary<Predicate> = fc.record({
  column: fc.constantFrom(...COLUMNS),
  test: fc.constantFrom('=', '<', '<>', 'LIKE', 'IN', 'BETWEEN', 'IS NULL', 'IS NOT NULL', '= ANY'),
});
const model: fc.Arbitrary<Model> = fc.record({
  verb: fc.constantFrom('select', 'insert', 'update', 'delete'),
  table: fc.constantFrom('orders', 'users', 'shop.items'),
  columns: fc.uniqueArray(fc.constantFrom(...COLUMNS), { minLength: 1, maxLength: 3 }),
  join: fc.constantFrom('', 'JOIN', 'LEFT JOIN', 'CROSS JOIN'),
  predicates: fc.uniqueArray(predicate, { minLength: 1, maxLength: 3, selector: ({ column }) => column }),
  glue: fc.constantFrom('AND', 'OR'),
  order: fc.constantFrom('', 'ASC', 'DESC'),
  hasLimit: fc.boolean(),
});

const VALUES =
  "1|0|-42|3.5e-3|'x'|''|'it''s -- no /* comment'|E'it\\'s'|$1|$27|$$it's$$|$a$ $$ ' $a$|null|true|FALSE|B'01'|.5|'?;'";
const style: fc.Arbitrary<Style> = fc.record({
  values: fc.array(fc.constantFrom(...VALUES.split('|')), { minLength: 1, maxLength: 5 }),
  blanks: fc.array(fc.constantFrom(' ', '  ', '\n', '\t', " /* it's (1) /* in */ */ ", ' -- 2, "\n'), {
    minLength: 1,
    maxLength: 4,
  }),
  isUpper: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
  listLength: fc.integer({ min: 1, max: 4 }),
});

/** Names are written `n:name`, values `?`, lists of values `?*`, lists of rows `row*`; what is left are keywords and marks. */
function templateOf(statement: Model): string {
  const names = statement.columns.map((name) => `n:${name}`);
  const where = statement.predicates.map(predicateTemplate).join(` ${statement.glue} `);
  const table = statement.table
    .split('.')
    .map((name) => `n:${name}`)
    .join(' . ');
  switch (statement.verb) {
    case 'select': {
      const on = statement.join === 'CROSS JOIN' ? '' : 'ON n:o . n:id = n:c . n:o_id';
      const join = statement.join === '' ? '' : `${statement.join} n:carts n:c ${on}`;
      const order = statement.order === '' ? '' : `ORDER BY n:id ${statement.order}`;
      const limit = statement.hasLimit ? 'LIMIT ? OFFSET ?' : '';
      return `SELECT ${names.join(' , ')} FROM ${table} n:o ${join} WHERE ${where} ${order} ${limit}`;
    }
    case 'insert':
      return `INSERT INTO ${table} ( ${names.join(' , ')} ) VALUES row*${names.length} RETURNING n:id`;
    case 'update':
      return `UPDATE ${table} SET ${names.map((name) => `${name} = ${name} + ?`).join(' , ')} WHERE ${where}`;
    case 'delete':
      break;
  }
  return `DELETE FROM ${table} WHERE ${where}`;
}

function predicateTemplate({ column, test }: Predicate): string {
  if (test === 'IN') return `n:${column} IN ( ?* )`;
  if (test === 'BETWEEN') return `n:${column} BETWEEN ? AND ?`;
  if (test === '= ANY') return `n:${column} = ANY ( ? )`;
  return test.startsWith('IS') ? `n:${column} ${test}` : `n:${column} ${test} ?`;
}

function written(statement: Model, { values, blanks, isUpper, listLength }: Style): string {
  let turn = 0;
  const next = <T>(row: readonly T[]): T => row[turn++ % row.length] as T;
  const list = (length: number, part: () => string): string => Array.from({ length }, part).join(' , ');
  const row = (length: number): string => `( ${list(length, () => next(values))} )`;
  const part = (text: string): string => {
    if (text === '?') return next(values);
    if (text === '?*') return list(listLength, () => next(values));
    if (text.startsWith('row*')) return list(listLength, () => row(Number(text.slice(4))));
    const word = text.replace(/^n:/, '');
    return next(isUpper) ? word.toUpperCase() : word.toLowerCase();
  };
  const parts = templateOf(statement)
    .split(/\s+/)
    .filter((text) => text !== '');
  return parts.map((text) => part(text) + (text === '(' ? '' : next(blanks))).join('');
}

function same(one: string, other: string): { ours: boolean; parser: boolean } {
  return {
    ours: shapeOf(one, 'postgresql').fingerprint === shapeOf(other, 'postgresql').fingerprint,
    parser: fingerprintSync(one) === fingerprintSync(other),
  };
}

/** Each makes another statement of the one it is given; undefined where it has nothing to change. */
const CHANGES: Readonly<Record<string, (from: Model) => Model | undefined>> = {
  table: (from) =>
    from.verb === 'select' ? undefined : { ...from, table: from.table === 'users' ? 'teams' : 'users' },
  verb: (from) => ({ ...from, verb: from.verb === 'delete' ? 'select' : 'delete' }),
  column: (from) => changedPredicate(from, (first) => ({ ...first, column: 'another' })),
  operator: (from) =>
    changedPredicate(from, (first) => ({ ...first, test: first.test === '<' ? 'LIKE' : '<' })),
  range: (from) =>
    changedPredicate(from, (first) => ({ ...first, test: first.test === 'BETWEEN' ? 'IN' : 'BETWEEN' })),
  nullness: (from) =>
    changedPredicate(from, (first) => ({
      ...first,
      test: first.test === 'IS NULL' ? 'IS NOT NULL' : 'IS NULL',
    })),
  glue: (from) =>
    from.verb === 'insert' || from.predicates.length < 2
      ? undefined
      : { ...from, glue: from.glue === 'AND' ? 'OR' : 'AND' },
  'one predicate more': (from) =>
    from.verb === 'insert'
      ? undefined
      : { ...from, predicates: [...from.predicates, { column: 'another', test: '=' }] },
  'one column more': (from) =>
    from.verb === 'delete' ? undefined : { ...from, columns: [...from.columns, 'another'] },
  join: (from) => onlySelect(from, { join: from.join === 'LEFT JOIN' ? 'CROSS JOIN' : 'LEFT JOIN' }),
  order: (from) => onlySelect(from, { order: from.order === 'DESC' ? 'ASC' : 'DESC' }),
  limit: (from) => onlySelect(from, { hasLimit: !from.hasLimit }),
};

function changedPredicate(from: Model, change: (first: Predicate) => Predicate): Model | undefined {
  const [first, ...rest] = from.predicates;
  if (first === undefined || from.verb === 'insert') return undefined;
  return { ...from, predicates: [change(first), ...rest] };
}

function onlySelect(from: Model, change: Partial<Model>): Model | undefined {
  return from.verb === 'select' ? { ...from, ...change } : undefined;
}

/** Where we differ from the parser, and why that is well. */
const ACCEPTED: readonly (readonly [
  why: string,
  one: string,
  other: string,
  expected: ReturnType<typeof same>,
])[] = [
  ['quotes of names', 'SELECT "a" FROM t', 'SELECT a FROM t', { ours: false, parser: true }],
  ['names of results', 'SELECT a AS x FROM t', 'SELECT a AS y FROM t', { ours: false, parser: true }],
  ['order of columns', 'SELECT a, b FROM t', 'SELECT b, a FROM t', { ours: false, parser: true }],
  [
    'order of conditions',
    'SELECT 1 FROM t WHERE a = 1 AND b = 2',
    'SELECT 1 FROM t WHERE b = 1 AND a = 2',
    { ours: false, parser: true },
  ],
  [
    'spelling of an operator',
    'SELECT 1 FROM t WHERE a <> 1',
    'SELECT 1 FROM t WHERE a != 1',
    { ours: false, parser: true },
  ],
  [
    'words that may be left out',
    'SELECT 1 FROM t INNER JOIN u ON t.a = u.a',
    'SELECT 1 FROM t JOIN u ON t.a = u.a',
    { ours: false, parser: true },
  ],
  [
    'spelling of a cast',
    "SELECT 'x'::text FROM t",
    "SELECT CAST('x' AS text) FROM t",
    { ours: false, parser: true },
  ],
  ['needless parentheses', 'SELECT (a) FROM t', 'SELECT a FROM t', { ours: false, parser: true }],
  [
    'a limit that is none',
    'SELECT 1 FROM t LIMIT 1',
    'SELECT 1 FROM t LIMIT ALL',
    { ours: false, parser: true },
  ],
  [
    'a table under another name',
    'SELECT 1 FROM orders o',
    'SELECT 1 FROM users o',
    { ours: false, parser: true },
  ],
  [
    'one value and any of a list',
    'SELECT 1 FROM t WHERE a = $1',
    'SELECT 1 FROM t WHERE a = ANY($1)',
    { ours: false, parser: true },
  ],
  [
    'one value and a list of one',
    'SELECT 1 FROM t WHERE a = $1',
    'SELECT 1 FROM t WHERE a IN ($1)',
    { ours: false, parser: true },
  ],
  ['number of arguments', 'SELECT f(1, 2) FROM t', 'SELECT f(1) FROM t', { ours: false, parser: true }],
];

describe('the parser of Postgres agrees', () => {
  beforeAll(loadModule);

  it('that values, placeholders, lengths of lists, blanks, comments and case make no other statement', () => {
    fc.assert(
      fc.property(model, style, style, (statement, one, other) => {
        const texts = [written(statement, one), written(statement, other)] as const;
        expect({ texts, ...same(...texts) }).toEqual({ texts, ours: true, parser: true });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(Object.entries(CHANGES))('that another %s makes another statement', (_name, change) => {
    fc.assert(
      fc.property(model, style, style, (statement, one, other) => {
        const changed = change(statement);
        fc.pre(changed !== undefined);
        const texts = [written(statement, one), written(changed, other)] as const;
        expect({ texts, ...same(...texts) }).toEqual({ texts, ours: false, parser: false });
      }),
      { numRuns: 100 },
    );
  });

  it.each(ACCEPTED)('or is differed from on purpose: %s', (_why, one, other, expected) => {
    expect(same(one, other)).toEqual(expected);
  });
});
