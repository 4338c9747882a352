import { attributeText, VALUE } from '../model/attribute-list.ts';
import { cutUtf8, LONG_TEXT_BYTES_MAX, NAME_BYTES_MAX, TIME_CLAMPED } from '../model/limits.ts';
import type { LogRecord } from '../model/records.ts';
import type { LogBlock } from '../model/tables.ts';
import { MapWriter, permittedText } from './attribute-maps.ts';
import { DatabaseSystems } from './database-systems.ts';
import { KeyTable } from './key-table.ts';
import type { RequestContext } from './request-context.ts';
import type { NormaliseRule } from './rules.ts';

const CLAMPED_KEY = Buffer.from(TIME_CLAMPED);
const SEVERITY_MAX = 24;

/** A decoded log record -> one row of `logs`. */
export class LogRows {
  readonly #block: LogBlock;
  readonly #rules: readonly NormaliseRule[];
  readonly #keys: KeyTable;
  readonly #maps: MapWriter;
  readonly #system = new DatabaseSystems().unknown;

  constructor(block: LogBlock, rules: readonly NormaliseRule[]) {
    this.#block = block;
    this.#rules = rules;
    this.#keys = new KeyTable(rules);
    this.#maps = new MapWriter(block.columns);
  }

  push(record: LogRecord, context: RequestContext): void {
    const columns = this.#block.columns;
    const { resource, scope } = context;
    columns.service.pushAll(resource.service);
    columns.environment.pushAll(resource.environment);
    columns.release.pushAll(resource.release);
    columns.resource_id.pushU64(resource.low, resource.high);
    this.#pushTime(record, context);
    if (record.traceIdAt < 0) columns.trace_id.pushZero();
    else columns.trace_id.pushBytes(record.bytes, record.traceIdAt);
    if (record.spanIdAt < 0) columns.span_id.pushZero();
    else columns.span_id.pushBytes(record.bytes, record.spanIdAt);
    columns.flags.pushU32(record.flags);
    columns.severity_number.pushU8(record.severity <= SEVERITY_MAX ? record.severity : 0);
    this.#pushName(columns.severity_text, record, { start: record.severityStart, end: record.severityEnd });
    this.#pushName(columns.event_name, record, { start: record.eventStart, end: record.eventEnd });
    this.#pushBody(record);
    columns.scope_name.pushAll(scope.name);
    this.#pushMaps(record);
    columns.dropped_count.pushU32(Math.min(record.dropped + record.attributes.dropped, 0xffffffff));
    columns.ingested_at.pushU32(context.arrival.seconds);
    this.#block.endRow();
  }

  /** When it happened, else when it was seen, else now. */
  #pushTime(record: LogRecord, { arrival }: RequestContext): void {
    const column = this.#block.columns.time;
    if (arrival.isPlausible(record.timeLow, record.timeHigh)) {
      column.pushU64(record.timeLow, record.timeHigh);
      return;
    }
    // A record without a time of its own is not wrong; one with an absurd time is.
    if (record.timeLow !== 0 || record.timeHigh !== 0) this.#maps.putFlag(CLAMPED_KEY);
    if (arrival.isPlausible(record.observedLow, record.observedHigh)) {
      column.pushU64(record.observedLow, record.observedHigh);
    } else column.pushU64(arrival.low, arrival.high);
  }

  #pushName(
    column: LogBlock['columns']['severity_text'],
    record: LogRecord,
    range: { readonly start: number; readonly end: number },
  ): void {
    column.push(record.bytes, range.start, cutUtf8(record.bytes, range, NAME_BYTES_MAX));
  }

  #pushBody(record: LogRecord): void {
    const column = this.#block.columns.body;
    const body = record.body;
    if (body.count === 0) {
      column.pushEmpty();
      return;
    }
    this.#maps.isTruncated ||= body.isTruncated;
    if (body.kind[0] !== VALUE.string) {
      column.pushText(attributeText(body, record.bytes, 0));
      return;
    }
    const range = { start: body.valueStart[0] ?? 0, end: body.valueEnd[0] ?? 0 };
    const end = cutUtf8(record.bytes, range, LONG_TEXT_BYTES_MAX);
    if (end < range.end) this.#maps.isTruncated = true;
    column.push(record.bytes, range.start, end);
  }

  #pushMaps(record: LogRecord): void {
    const list = record.attributes;
    for (let i = 0; i < list.count; i++) {
      const rule = this.#rules[this.#keys.find(record.bytes, list.keyStart[i] ?? 0, list.keyEnd[i] ?? 0)];
      if (rule === undefined || rule.treatment === 'move' || rule.treatment === 'keep') {
        this.#maps.put(record.bytes, list, i);
        continue;
      }
      const text = attributeText(list, record.bytes, i);
      const kept = permittedText(rule.treatment, text, { key: rule.from, system: this.#system });
      if (kept !== undefined) this.#maps.putText(Buffer.from(rule.from), kept);
    }
    this.#maps.isTruncated ||= list.isTruncated;
    this.#maps.endRow();
  }
}
