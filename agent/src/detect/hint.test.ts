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
    ['@opentelemetry/instrumentation-pg', BY_ID, 'WHERE id = ANY($1)', 'authors'],
    ['@opentelemetry/instrumentation-pg', WRITE, 'unnest', 'books'],
  ])('%s: %s', (scopeName, statement, mend, name) => {
    const hint = hintIn(scopeName, statement);
    expect(hint).toContain(mend);
    expect(hint).toContain(name);
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
      expect(`${one}${many}${write}`.replaceAll(/\{(?:table|column|relation)\}/g, '')).not.toMatch(
        /\{(?!\s)\w*\}/,
      );
    for (const statement of [BY_ID, BY_PARENT, WRITE, 'SELECT ...'])
      expect(hintIn('x', statement)).not.toMatch(/\{(?:table|column|relation)\}/);
  });
});
