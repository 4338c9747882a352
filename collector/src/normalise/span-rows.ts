import { cutUtf8, NAME_BYTES_MAX, TIME_CLAMPED, VALUE_BYTES_MAX } from '../model/limits.ts';
import type { SpanRecord } from '../model/records.ts';
import type { Rejection } from '../model/stages.ts';
import type { SpanBlock } from '../model/tables.ts';
import { attributeText } from '../model/attribute-list.ts';
import { MapWriter, permittedText } from './attribute-maps.ts';
import { exceptionTypeOf } from './exception-type.ts';
import type { NormaliseRule } from './rules.ts';
import { ROLE } from './rules.ts';
import type { RequestContext } from './request-context.ts';
import { SamplingWeights } from './sampling-weight.ts';
import { SpanDatabase } from './span-database.ts';
import { SpanFields } from './span-fields.ts';
import { SpanNested } from './span-nested.ts';
import { SpanOperation } from './span-operation.ts';
import { hostOf } from './url-host.ts';

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;
const REMOTE_KNOWN = 0x100;
const REMOTE = 0x200;
const CLAMPED_KEY = Buffer.from(TIME_CLAMPED);
/** A span's name that begins as its statement does, and is this long, is the statement. */
const STATEMENT_NAME_MIN = 12;

/** A decoded span -> one row of `spans`. */
export class SpanRows {
  readonly #block: SpanBlock;
  readonly #rules: readonly NormaliseRule[];
  readonly #fields: SpanFields;
  readonly #database: SpanDatabase;
  readonly #operation: SpanOperation;
  readonly #nested: SpanNested;
  readonly #maps: MapWriter;
  readonly #weights = new SamplingWeights();
  #isClamped = false;

  constructor(block: SpanBlock, rules: readonly NormaliseRule[], salt: Uint8Array) {
    this.#block = block;
    this.#rules = rules;
    this.#fields = new SpanFields(rules);
    this.#database = new SpanDatabase(this.#fields, salt);
    this.#operation = new SpanOperation(this.#fields);
    this.#nested = new SpanNested(block, rules);
    this.#maps = new MapWriter(block.columns);
  }

  push(record: SpanRecord, context: RequestContext): Rejection | undefined {
    const bytes = record.bytes;
    if (record.traceIdAt < 0 || isZero(bytes, record.traceIdAt, 16)) return 'invalid_trace_id';
    if (record.spanIdAt < 0 || isZero(bytes, record.spanIdAt, 8)) return 'invalid_span_id';
    this.#fields.scan(bytes, record.attributes);
    this.#database.push(this.#block, record);
    this.#pushContext(record, context);
    this.#pushTimes(record, context);
    this.#pushStatus(record);
    this.#pushHttp(record);
    this.#pushMessagingAndCode();
    this.#pushCounts(record);
    this.#nested.push(record, this.#database.system);
    this.#pushMaps(record);
    this.#block.columns.ingested_at.pushU32(context.arrival.seconds);
    this.#block.endRow();
    return undefined;
  }

  #pushContext(record: SpanRecord, context: RequestContext): void {
    const columns = this.#block.columns;
    const bytes = record.bytes;
    const { resource, scope } = context;
    columns.trace_id.pushBytes(bytes, record.traceIdAt);
    columns.span_id.pushBytes(bytes, record.spanIdAt);
    const hasParent = record.parentIdAt >= 0 && !isZero(bytes, record.parentIdAt, 8);
    if (hasParent) columns.parent_span_id.pushBytes(bytes, record.parentIdAt);
    else columns.parent_span_id.pushZero();
    const stateEnd = Math.min(record.traceStateEnd, record.traceStateStart + NAME_BYTES_MAX);
    columns.trace_state.push(bytes, record.traceStateStart, stateEnd);
    columns.flags.pushU32(record.flags);
    columns.service.pushAll(resource.service);
    columns.environment.pushAll(resource.environment);
    columns.release.pushAll(resource.release);
    columns.language.pushAll(resource.language);
    columns.resource_id.pushU64(resource.low, resource.high);
    columns.scope_name.pushAll(scope.name);
    columns.scope_version.pushAll(scope.version);
    const kind = record.kind <= CONSUMER ? record.kind : 0;
    columns.kind.pushU8(kind);
    const isRemote = (record.flags & REMOTE_KNOWN) !== 0 && (record.flags & REMOTE) !== 0;
    // A call that no request made, such as a worker's poll, is no request of its own.
    const isRoot = !hasParent && kind !== CLIENT && kind !== PRODUCER;
    const isEntry = kind === SERVER || kind === CONSUMER || isRoot || isRemote;
    columns.is_entry.pushU8(isEntry ? 1 : 0);
    this.#pushName(record, isEntry);
  }

  #pushTimes(record: SpanRecord, { arrival }: RequestContext): void {
    const columns = this.#block.columns;
    this.#isClamped = false;
    if (!arrival.isPlausible(record.startLow, record.startHigh)) {
      this.#isClamped = true;
      columns.start_time.pushU64(arrival.low, arrival.high);
      columns.duration_ns.pushU64(0, 0);
      return;
    }
    columns.start_time.pushU64(record.startLow, record.startHigh);
    const isBefore =
      record.endHigh === record.startHigh
        ? record.endLow < record.startLow
        : record.endHigh < record.startHigh;
    if (isBefore || !arrival.isPlausible(record.endLow, record.endHigh)) {
      this.#isClamped = true;
      columns.duration_ns.pushU64(0, 0);
      return;
    }
    const borrow = record.endLow < record.startLow ? 1 : 0;
    columns.duration_ns.pushU64(
      (record.endLow - record.startLow) >>> 0,
      record.endHigh - record.startHigh - borrow,
    );
  }

  #pushStatus(record: SpanRecord): void {
    const columns = this.#block.columns;
    const status = record.status <= ERROR ? record.status : 0;
    columns.status.pushU8(status);
    const range = { start: record.messageStart, end: record.messageEnd };
    columns.status_message.push(record.bytes, range.start, cutUtf8(record.bytes, range, VALUE_BYTES_MAX));
    if (this.#fields.has(ROLE.errorType)) this.#fields.push(columns.error_type, ROLE.errorType);
    else if (status === ERROR) columns.error_type.pushText(exceptionTypeOf(record));
    else columns.error_type.pushEmpty();
  }

  #pushHttp(record: SpanRecord): void {
    const columns = this.#block.columns;
    const fields = this.#fields;
    fields.push(columns.http_method, ROLE.httpMethod);
    fields.push(columns.http_route, ROLE.httpRoute);
    columns.http_status.pushU16(Math.min(fields.number(ROLE.httpStatus, 0), 0xffff));
    if (record.kind !== CLIENT && record.kind !== PRODUCER) columns.peer.pushEmpty();
    else if (fields.has(ROLE.peer)) fields.push(columns.peer, ROLE.peer);
    else if (fields.has(ROLE.urlFull)) columns.peer.pushText(hostOf(fields.text(ROLE.urlFull)));
    else columns.peer.pushEmpty();
  }

  /** Some instrumentations name a span by its whole statement: then the name is the statement's summary. */
  #pushName(record: SpanRecord, isEntry: boolean): void {
    const columns = this.#block.columns;
    const bytes = record.bytes;
    const range = { start: record.nameStart, end: record.nameEnd };
    const end = cutUtf8(bytes, range, NAME_BYTES_MAX);
    const statement = this.#database.statement;
    const isStatement = statement !== undefined && this.#isStatementName(record);
    if (!isEntry && !isStatement) {
      columns.name.push(bytes, range.start, end);
      columns.operation.pushEmpty();
      return;
    }
    const summary = isStatement && statement.summary.length > 0 ? statement.summary : statement?.operation;
    const name = isStatement && summary !== undefined ? summary : bytes.subarray(range.start, end);
    columns.name.pushAll(name);
    if (isEntry) this.#operation.push(this.#block, { kind: record.kind, name });
    else columns.operation.pushEmpty();
  }

  #isStatementName(record: SpanRecord): boolean {
    const length = record.nameEnd - record.nameStart;
    if (length < STATEMENT_NAME_MIN) return false;
    const index = this.#fields.chosen[ROLE.dbStatement] ?? -1;
    const start = record.attributes.valueStart[index] ?? 0;
    const end = record.attributes.valueEnd[index] ?? 0;
    if (end - start < length) return false;
    const bytes = record.bytes;
    for (let i = 0; i < length; i++) if (bytes[record.nameStart + i] !== bytes[start + i]) return false;
    return true;
  }

  #pushMessagingAndCode(): void {
    const columns = this.#block.columns;
    const fields = this.#fields;
    fields.push(columns.messaging_system, ROLE.messagingSystem);
    fields.push(columns.messaging_destination, ROLE.messagingDestination);
    fields.push(columns.code_file, ROLE.codeFile);
    columns.code_line.pushU32(Math.min(fields.number(ROLE.codeLine, 0), 0xffffffff));
    fields.push(columns.code_function, ROLE.codeFunction);
  }

  #pushCounts(record: SpanRecord): void {
    const columns = this.#block.columns;
    const fields = this.#fields;
    columns.db_query_count.pushI32(Math.min(fields.number(ROLE.dbQueryCount, -1), 0x7fffffff));
    columns.db_statement_count.pushI32(Math.min(fields.number(ROLE.dbStatementCount, -1), 0x7fffffff));
    const durationNs = Math.min(
      Math.round(fields.number(ROLE.dbDurationMs, 0) * 1e6),
      Number.MAX_SAFE_INTEGER,
    );
    columns.db_duration_ns.pushU64(durationNs % 4294967296, Math.floor(durationNs / 4294967296));
    columns.finding_count.pushU16(Math.min(fields.number(ROLE.findingCount, 0), 0xffff));
    columns.weight.pushF32(this.#weights.read(record.bytes, record.traceStateStart, record.traceStateEnd));
    const cut =
      record.attributes.dropped + record.nested.dropped + record.events.dropped + record.links.dropped;
    columns.dropped_count.pushU32(Math.min(record.dropped + cut, 0xffffffff));
  }

  #pushMaps(record: SpanRecord): void {
    const fields = this.#fields;
    const list = record.attributes;
    for (let i = 0; i < list.count; i++) {
      const rule = fields.ruleOf[i] ?? -1;
      if (rule < 0) {
        this.#maps.put(record.bytes, list, i);
        continue;
      }
      const treatment = fields.treatments[rule] ?? 'keep';
      if (treatment === 'keep' || (treatment === 'move' && !fields.isMoved(i)))
        this.#maps.put(record.bytes, list, i);
      else if (treatment === 'url' || treatment === 'secret') this.#putPermitted(record, i, rule);
    }
    if (this.#isClamped) this.#maps.putFlag(CLAMPED_KEY);
    this.#maps.isTruncated ||= fields.isTruncated || this.#nested.isTruncated;
    this.#maps.endRow();
  }

  #putPermitted(record: SpanRecord, index: number, ruleIndex: number): void {
    const rule = this.#rules[ruleIndex];
    if (rule === undefined) return;
    const text = attributeText(record.attributes, record.bytes, index);
    const kept = permittedText(rule.treatment, text, { key: rule.from, system: this.#database.system });
    if (kept !== undefined) this.#maps.putText(Buffer.from(rule.from), kept);
  }
}

function isZero(bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[start + i] !== 0) return false;
  return true;
}
