import { dialectOf, hashOf, literalParameters, shapeOf } from '../sql/index.ts';
import type { SqlDialect, SqlShape } from '../sql/index.ts';
import { LIST_SIZE } from '../attributes.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import type { Call, CallRole } from './call.ts';
import { attributeParameters } from './parameters.ts';
import type { DetectSpan } from './types.ts';

interface ListSource {
  readonly span: DetectSpan;
  readonly dialect: SqlDialect;
}

const SYSTEM_TABLE =
  /^(?:information_schema\.|pg_catalog\.|pg_|sqlite_|sys\.|mysql\.|performance_schema\.)|(?:^|\.)(?:\w+_migrations?|schema_migrations|ar_internal_metadata|flyway_\w+|databasechangelog\w*|alembic_version|knex_migrations\w*)$/i;
const CURSOR_NAME = /^cursor\.|\.cursor$|cursor\.(?:fetch|next|execute)/i;
/** Sanitised instrumentations may leave only a name such as `SELECT shop.orders`. */
const NAME_WITH_TARGET = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\s+\S+/i;

/** A statement; undefined when the span shows none, for it is then a wrapper around spans that do. */
export function sqlCall(span: DetectSpan): Call | undefined {
  const text = textOf(span.attributes, 'databaseText');
  if (text === '') return nameOnlyCall(span);
  const dialect = dialectOf(textOf(span.attributes, 'databaseSystem'));
  const shape = shapeOf(text, dialect);
  const listSize = listSizeOf(shape, { span, dialect });
  const placeholders = shape.placeholders > 0;
  const batchSize = numberOf(span.attributes, 'batchSize') ?? 0;
  return {
    kind: 'sql',
    role: roleOf(shape, span),
    statement: shape.text,
    fingerprint: shape.fingerprint,
    parameters: attributeParameters(span.attributes) ?? literalParameters(shape),
    hasValues: placeholders || shape.literals > 0,
    isWrite: shape.verb === 'write',
    ...(listSize === undefined ? {} : { listSize }),
    isBatch: batchSize > 1 || shape.rows > 1,
    isPaged: shape.equalities === 0 && !shape.hasIn && (shape.hasOffset || shape.isKeyset),
    isPipelined: false,
    entity: shape.tables[0] ?? '',
    shape,
  };
}

/**
 * `= ANY($1)` takes a whole list as one value; so does `IN (?)` of MySQL's drivers for Node, which write the list out
 * after the span has its text.
 */
function listSizeOf(shape: SqlShape, { span, dialect }: ListSource): number | 'unknown' | undefined {
  if (!shape.hasIn || shape.inArity > 1) return undefined;
  const size = span.attributes[LIST_SIZE];
  if (typeof size === 'number') return size;
  const isWrittenOutLater =
    dialect === 'mysql' && shape.literals === 0 && /instrumentation-mysql/.test(span.scopeName);
  return shape.inArity === 0 || isWrittenOutLater ? 'unknown' : undefined;
}

function nameOnlyCall(span: DetectSpan): Call | undefined {
  const operation = textOf(span.attributes, 'databaseOperation');
  const table = textOf(span.attributes, 'collection');
  const summary = textOf(span.attributes, 'databaseSummary');
  const named = NAME_WITH_TARGET.test(span.name) ? span.name : '';
  const statement =
    summary !== '' ? summary : operation !== '' && table !== '' ? `${operation} ${table}` : named;
  if (statement === '') return undefined;
  const shape = shapeOf(statement);
  return {
    kind: 'sql',
    role: shape.verb === 'control' ? 'control' : shape.verb === 'cursor' ? 'cursor' : 'plain',
    statement,
    fingerprint: hashOf('name', statement.toLowerCase()),
    parameters: attributeParameters(span.attributes),
    hasValues: true,
    isWrite: shape.verb === 'write',
    isBatch: (numberOf(span.attributes, 'batchSize') ?? 0) > 1,
    isPaged: false,
    isPipelined: false,
    entity: table,
  };
}

function roleOf(shape: SqlShape, span: DetectSpan): CallRole {
  if (shape.verb === 'cursor' || CURSOR_NAME.test(span.name)) return 'cursor';
  if (shape.verb === 'control') return 'control';
  if (shape.verb === 'ddl') return 'system';
  return shape.tables.length > 0 && shape.tables.every((table) => SYSTEM_TABLE.test(table))
    ? 'system'
    : 'plain';
}
