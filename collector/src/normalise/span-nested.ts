import type { StringColumn } from '../model/column.ts';
import { cutUtf8, NAME_BYTES_MAX } from '../model/limits.ts';
import type { NestedList, SpanRecord } from '../model/records.ts';
import type { SpanBlock } from '../model/tables.ts';
import { attributesAsJson } from './attribute-json.ts';
import type { JsonContext } from './attribute-json.ts';
import type { DatabaseSystem } from './database-systems.ts';
import { KeyTable } from './key-table.ts';
import type { NormaliseRule } from './rules.ts';

/** Events and links of a span, their attributes as JSON text. */
export class SpanNested {
  readonly #block: SpanBlock;
  readonly #rules: readonly NormaliseRule[];
  readonly #keys: KeyTable;
  isTruncated = false;

  constructor(block: SpanBlock, rules: readonly NormaliseRule[]) {
    this.#block = block;
    this.#rules = rules;
    this.#keys = new KeyTable(rules);
  }

  push(record: SpanRecord, system: DatabaseSystem): void {
    const columns = this.#block.columns;
    const { events, links, bytes } = record;
    this.isTruncated = record.nested.isTruncated;
    for (let i = 0; i < events.count; i++) {
      columns.event_time_ns.items.pushU64(events.timeLow[i] ?? 0, events.timeHigh[i] ?? 0);
      const range = { start: events.nameStart[i] ?? 0, end: events.nameEnd[i] ?? 0 };
      columns.event_name.items.push(bytes, range.start, cutUtf8(bytes, range, NAME_BYTES_MAX));
      this.#pushAttributes(columns.event_attributes.items, record, { list: events, index: i, system });
    }
    columns.event_time_ns.endRow(events.count);
    columns.event_name.endRow(events.count);
    columns.event_attributes.endRow(events.count);
    for (let i = 0; i < links.count; i++) {
      columns.link_trace_id.items.pushBytes(bytes, links.nameStart[i] ?? 0);
      columns.link_span_id.items.pushBytes(bytes, links.nameEnd[i] ?? 0);
      this.#pushAttributes(columns.link_attributes.items, record, { list: links, index: i, system });
    }
    columns.link_trace_id.endRow(links.count);
    columns.link_span_id.endRow(links.count);
    columns.link_attributes.endRow(links.count);
  }

  #pushAttributes(
    column: StringColumn,
    record: SpanRecord,
    at: { readonly list: NestedList; readonly index: number; readonly system: DatabaseSystem },
  ): void {
    const from = at.list.attributesFrom[at.index] ?? 0;
    const to = at.list.attributesTo[at.index] ?? 0;
    if (from === to) {
      column.pushEmpty();
      return;
    }
    const context: JsonContext = {
      keys: this.#keys,
      rules: this.#rules,
      system: at.system,
      isTruncated: false,
    };
    column.pushText(attributesAsJson({ bytes: record.bytes, list: record.nested, from, to }, context));
    this.isTruncated ||= context.isTruncated;
  }
}
