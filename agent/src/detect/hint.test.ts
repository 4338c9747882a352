import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { STACKS } from './hint-stacks.ts';
import { loop, request, span } from './test-traces.ts';
import type { DetectSpan } from './types.ts';

const BY_ID = 'SELECT * FROM authors WHERE id = $1';
const BY_PARENT = 'SELECT * FROM books WHERE author_id = $1';
const WRITE = 'UPDATE books SET stock = $1 WHERE id = $2';

function hintIn(scopeName: string, statement: string, parent: Partial<DetectSpan> = {}): string {
  const root = request();
  const frame = span({ parentSpanId: root.spanId, durationMs: 90, ...parent });
  const calls = loop(6, statement, { scopeName }).map((one) => ({ ...one, parentSpanId: frame.spanId }));
  return detect([root, frame, ...calls]).findings[0]?.hint ?? '';
}

describe('hints speak the language of the stack', () => {
  it.each<readonly [string, string, string, string]>([
    ['opentelemetry.instrumentation.django', BY_ID, 'select_related', 'author'],
    ['opentelemetry.instrumentation.django', BY_PARENT, 'prefetch_related', 'books'],
    ['opentelemetry.instrumentation.sqlalchemy', BY_PARENT, 'selectinload', 'books'],
    ['OpenTelemetry::Instrumentation::PG', BY_ID, 'includes(:author)', 'author'],
    ['OpenTelemetry::Instrumentation::PG', WRITE, 'upsert_all', 'books'],
    ['io.opentelemetry.hibernate-6.0', BY_ID, 'JOIN FETCH', 'authors'],
    ['io.opentelemetry.jdbc', WRITE, 'hibernate.jdbc.batch_size', 'books'],
    ['OpenTelemetry.Instrumentation.EntityFrameworkCore', BY_ID, '.Include', 'authors'],
    ['prisma', BY_PARENT, 'include: { books: true }', 'author_id'],
    ['sequelize', BY_ID, '`include`', 'author'],
    ['@opentelemetry/instrumentation-knex', BY_ID, "whereIn('id', ids)", 'authors'],
    ['gorm.io/plugin', BY_PARENT, 'Preload', 'books'],
    ['@opentelemetry/instrumentation-pg', BY_ID, 'WHERE id IN (...)', 'authors'],
    ['@opentelemetry/instrumentation-pg', WRITE, 'unnest', 'books'],
  ])('%s: %s', (scopeName, statement, mend, name) => {
    const hint = hintIn(scopeName, statement);
    expect(hint).toContain(mend);
    expect(hint).toContain(name);
  });

  it.each([
    [
      'Sequelize',
      'SELECT "id", "name" FROM "authors" AS "Author" WHERE "Author"."id" = $1;',
      '`include` of `author`',
    ],
    ['Sequelize', 'UPDATE "books" SET "stock"=$1 WHERE "id" = $2', 'bulkCreate'],
    ['Sequelize', 'INSERT INTO "log" ("id","what") VALUES (DEFAULT,$1) RETURNING "id","what";', 'bulkCreate'],
    [
      'TypeORM',
      'SELECT COUNT(1) AS "cnt" FROM "reviews" "review" WHERE "review"."book_id" = $1',
      '`relations`',
    ],
    ['TypeORM', 'INSERT INTO "log"("what") VALUES ($1) RETURNING "id"', 'insert().values'],
    ['TypeORM', 'UPDATE "books" SET "stock" = $1 WHERE "id" = $2', 'insert().values'],
    [
      'MikroORM',
      'select "a0".* from "authors" as "a0" where "a0"."id" = $1 limit 1',
      '`populate` of `author`',
    ],
    ['Drizzle', 'select "id", "name" from "authors" where "authors"."id" = $1', 'inArray(authors.id'],
    ['Drizzle', 'update "books" set "stock" = $1 where "books"."id" = $2', 'insert(books)'],
    ['Drizzle', 'insert into "log" ("id", "what") values (default, $1)', 'insert(log)'],
    ['raw SQL', 'SELECT id, name FROM authors WHERE id = $1', 'before the loop'],
    ['raw SQL', 'update books set stock = $1 where id = $2', 'in one statement'],
  ])('tells %s by its style: %s', (_, statement, mend) => {
    expect(hintIn('@opentelemetry/instrumentation-pg', statement)).toContain(mend);
    expect(hintIn('@nightjar/pg', statement)).toContain(mend);
  });

  it('does not take a style for proof in another language', () => {
    expect(
      hintIn('go.opentelemetry.io/otelpgx', 'UPDATE "books" SET "stock" = $1 WHERE "id" = $2'),
    ).toContain('in one statement');
  });

  it.each([
    [
      'SELECT "shop_author"."id", "shop_author"."name" FROM "shop_author" WHERE "shop_author"."id" = %s LIMIT 21',
      "select_related('author')",
    ],
    [
      'SELECT "shop_book"."id", "shop_book"."title" FROM "shop_book" WHERE "shop_book"."author_id" = %s',
      "prefetch_related('book_set')",
    ],
    ['SELECT COUNT(*) AS "__count" FROM "shop_book" WHERE "shop_book"."author_id" = %s', 'annotate(Count'],
    ['UPDATE "shop_book" SET "stock" = %s WHERE "shop_book"."id" = %s', 'bulk_update'],
  ])('tells Django by its style in a job: %s', (statement, mend) => {
    expect(hintIn('opentelemetry.instrumentation.psycopg', statement)).toContain(mend);
  });

  it('sends resolvers to a DataLoader when only the parser was traced', () => {
    const root = request();
    const parse = span({
      parentSpanId: root.spanId,
      name: 'graphql.parse',
      scopeName: '@opentelemetry/instrumentation-graphql',
    });
    const calls = loop(6, BY_ID).map((one) => ({ ...one, parentSpanId: root.spanId }));
    expect(detect([root, parse, ...calls]).findings[0]?.hint).toContain('DataLoader');
  });

  it('sees the ORM above the driver', () => {
    const hint = hintIn('@opentelemetry/instrumentation-pg', BY_ID, {
      name: 'prisma:client:operation',
      scopeName: 'prisma',
    });
    expect(hint).toContain('findMany({ where: { id: { in: ids } } })');
  });

  it('sends a resolver to a DataLoader', () => {
    const hint = hintIn('@opentelemetry/instrumentation-pg', BY_ID, {
      name: 'graphql.resolve books.0.author',
    });
    expect(hint).toContain('DataLoader');
  });

  it('knows the first rows of each parent', () => {
    expect(hintIn('pg', 'SELECT * FROM comments WHERE post_id = $1 ORDER BY at DESC LIMIT 3')).toContain(
      'LATERAL',
    );
  });

  it('leaves no mark of its templates', () => {
    for (const { one, many, write } of STACKS)
      expect(`${one}${many}${write}`.replaceAll(/\{(?:table|column|relation|model)\}/g, '')).not.toMatch(
        /\{(?!\s)\w*\}/,
      );
    for (const statement of [BY_ID, BY_PARENT, WRITE, 'SELECT ...'])
      expect(hintIn('x', statement)).not.toMatch(/\{(?:table|column|relation|model)\}/);
  });
});
