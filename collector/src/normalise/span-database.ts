import { Hash64 } from '../model/hash64.ts';
import type { SpanRecord } from '../model/records.ts';
import type { SpanBlock } from '../model/tables.ts';
import { attributeText } from '../model/attribute-list.ts';
import { DatabaseSystems } from './database-systems.ts';
import type { DatabaseSystem } from './database-systems.ts';
import { ROLE } from './rules.ts';
import type { SpanFields } from './span-fields.ts';
import { Statements } from './statements.ts';
import type { Statement } from './statements.ts';

const CONNECT = /connect|acquire/i;
const SPACE = Buffer.from(' ');

/** The database columns of a span: statement masked and fingerprinted, values hashed, both before anything is stored. */
export class SpanDatabase {
  readonly systems = new DatabaseSystems();
  readonly #statements = new Statements();
  readonly #fields: SpanFields;
  readonly #salt: Uint8Array;
  readonly #hash = new Hash64();
  system: DatabaseSystem = this.systems.unknown;
  /** Of the span at hand; undefined when it has none. */
  statement: Statement | undefined;

  constructor(fields: SpanFields, salt: Uint8Array) {
    this.#fields = fields;
    this.#salt = salt;
  }

  push(block: SpanBlock, record: SpanRecord): void {
    const columns = block.columns;
    const fields = this.#fields;
    const isDatabase = fields.has(ROLE.dbSystem) || fields.has(ROLE.dbStatement);
    if (!isDatabase) {
      this.#pushNone(block);
      return;
    }
    this.system = this.systems.find(record.bytes, fields.range(ROLE.dbSystem));
    const statement = this.#readStatement(record);
    this.statement = statement;
    columns.db_system.pushAll(this.system.name);
    fields.push(columns.db_namespace, ROLE.dbNamespace);
    if (fields.has(ROLE.dbOperation) || statement === undefined)
      fields.push(columns.db_operation, ROLE.dbOperation);
    else columns.db_operation.pushAll(statement.operation);
    if (fields.has(ROLE.dbCollection) || statement === undefined)
      fields.push(columns.db_collection, ROLE.dbCollection);
    else columns.db_collection.pushAll(statement.collection);
    if (statement === undefined) columns.db_statement.pushEmpty();
    else columns.db_statement.pushAll(statement.text);
    this.#pushSummary(block, statement);
    this.#pushFingerprint(block, record);
    this.#pushParameters(block, record);
  }

  #pushNone(block: SpanBlock): void {
    const columns = block.columns;
    this.system = this.systems.unknown;
    this.statement = undefined;
    columns.db_system.pushEmpty();
    // Names that only a database span should have; kept where a sender sets them elsewhere.
    this.#fields.push(columns.db_namespace, ROLE.dbNamespace);
    this.#fields.push(columns.db_operation, ROLE.dbOperation);
    this.#fields.push(columns.db_collection, ROLE.dbCollection);
    columns.db_statement.pushEmpty();
    this.#fields.push(columns.db_summary, ROLE.dbSummary);
    columns.db_fingerprint.pushU64(0, 0);
    columns.parameter_hash.pushU64(0, 0);
  }

  #readStatement(record: SpanRecord): Statement | undefined {
    const index = this.#fields.chosen[ROLE.dbStatement] ?? -1;
    if (index < 0) return undefined;
    const list = record.attributes;
    const start = list.valueStart[index] ?? 0;
    const end = list.valueEnd[index] ?? 0;
    if (end > start) return this.#statements.read(record.bytes, { start, end }, this.system);
    const text = Buffer.from(this.#fields.text(ROLE.dbStatement));
    return text.length === 0
      ? undefined
      : this.#statements.read(text, { start: 0, end: text.length }, this.system);
  }

  #pushSummary(block: SpanBlock, statement: Statement | undefined): void {
    const column = block.columns.db_summary;
    const fields = this.#fields;
    if (fields.has(ROLE.dbSummary)) fields.push(column, ROLE.dbSummary);
    else if (statement !== undefined && statement.summary.length > 0) column.pushAll(statement.summary);
    else {
      const operation = fields.has(ROLE.dbOperation) ? fields.bytes(ROLE.dbOperation) : statement?.operation;
      const collection = fields.bytes(ROLE.dbCollection);
      if (operation === undefined || operation.length === 0) column.pushAll(collection);
      else if (collection.length === 0) column.pushAll(operation);
      else column.pushPair(operation, collection);
    }
  }

  /** SQL: the shape's. Others: system, operation, collection and masked text. Waiting for a connection is no statement: 0. */
  #pushFingerprint(block: SpanBlock, record: SpanRecord): void {
    const column = block.columns.db_fingerprint;
    const fields = this.#fields;
    const statement = this.statement;
    if (statement !== undefined && (statement.low !== 0 || statement.high !== 0)) {
      column.pushU64(statement.low, statement.high);
      return;
    }
    if (fields.has(ROLE.dbFingerprint)) {
      const hex = fields.text(ROLE.dbFingerprint).padStart(16, '0');
      column.pushU64(Number.parseInt(hex.slice(8), 16), Number.parseInt(hex.slice(0, 8), 16));
      return;
    }
    if (statement === undefined && this.#isUntold(record)) {
      column.pushU64(0, 0);
      return;
    }
    const operation = fields.bytes(ROLE.dbOperation);
    const collection = fields.bytes(ROLE.dbCollection);
    const hash = this.#hash.reset().add(this.system.name, 0, this.system.name.length);
    hash.add(operation, 0, operation.length).add(collection, 0, collection.length);
    if (statement !== undefined) hash.add(statement.text, 0, statement.text.length);
    hash.finish();
    column.pushU64(hash.low, hash.high);
  }

  #isUntold(record: SpanRecord): boolean {
    const fields = this.#fields;
    if (!fields.has(ROLE.dbOperation) && !fields.has(ROLE.dbCollection)) return true;
    return CONNECT.test(record.bytes.toString('latin1', record.nameStart, record.nameEnd));
  }

  /** The agent's hash, or one over the literals and the bound values that the span carries. Salted: values cannot be guessed. */
  #pushParameters(block: SpanBlock, record: SpanRecord): void {
    const column = block.columns.parameter_hash;
    const fields = this.#fields;
    if (fields.has(ROLE.parameterHash)) {
      const hex = fields.text(ROLE.parameterHash).padStart(16, '0');
      column.pushU64(Number.parseInt(hex.slice(8), 16), Number.parseInt(hex.slice(0, 8), 16));
      return;
    }
    const hash = this.#hash;
    let values = 0;
    const valuesHash = this.statement?.valuesHash ?? 0;
    if (valuesHash !== 0) {
      hash.reset().add(this.#salt, 0, this.#salt.length).addText(String(valuesHash));
      values += 1;
    }
    const list = record.attributes;
    for (let i = 0; i < list.count; i++) {
      const rule = fields.ruleOf[i] ?? -1;
      if (rule < 0 || fields.treatments[rule] !== 'parameter') continue;
      if (values === 0) hash.reset().add(this.#salt, 0, this.#salt.length);
      hash.add(record.bytes, list.keyStart[i] ?? 0, list.keyEnd[i] ?? 0);
      hash.add(SPACE, 0, 1).addText(attributeText(list, record.bytes, i));
      values += 1;
    }
    if (values === 0) column.pushU64(0, 0);
    else {
      hash.finish();
      column.pushU64(hash.low, hash.high);
    }
  }
}
