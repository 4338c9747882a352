import { dialectOf, hashOf, literalParameters, shapeOf } from '../sql/index.ts';
import type { SqlShape } from '../sql/index.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import type { Call, CallRole } from './call.ts';
import { attributeParameters } from './parameters.ts';
import type { DetectSpan } from './types.ts';

const SYSTEM_TABLE =
  /^(?:information_schema\.|pg_catalog\.|pg_|sqlite_|sys\.|mysql\.|performance_schema\.)|(?:^|\.)(?:\w+_migrations?|schema_migrations|ar_internal_metadata|flyway_\w+|databasechangelog\w*|alembic_version|knex_migrations\w*)$/i;
const CURSOR_NAME = /^cursor\.|\.cursor$|cursor\.(?:fetch|next|execute)/i;
/** Sanitised instrumentations may leave only a name such as `SELECT shop.orders`. */
const NAME_WITH_TARGET = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\s+\S+/i;

/** A statement; undefined when the span shows none, for it is then a wrapper around spans that do. */
export function sqlCall(span: DetectSpan): Call | undefined {
  const text = textOf(span.attributes, 'databaseText');
  if (text === '') return nameOnlyCall(span);
  const shape = shapeOf(text, dialectOf(textOf(span.attributes, 'databaseSystem')));
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
    isBatch: batchSize > 1 || shape.rows > 1,
    isPaged: shape.equalities === 0 && !shape.hasIn && (shape.hasOffset || shape.isKeyset),
    isPipelined: false,
    entity: shape.tables[0] ?? '',
    shape,
  };
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
