import { attributeKey, attributeText } from '../model/attribute-list.ts';
import { Hash64 } from '../model/hash64.ts';
import { NAME_BYTES_MAX } from '../model/limits.ts';
import type { MetricRecord, PointRecord } from '../model/records.ts';
import type { Rejection } from '../model/stages.ts';
import type { PointBlock } from '../model/tables.ts';
import { permittedText } from './attribute-maps.ts';
import { DatabaseSystems } from './database-systems.ts';
import type { RequestContext } from './request-context.ts';
import type { NormaliseRule } from './rules.ts';

const TWO_32 = 4294967296;
/** Attributes that name a queue, best first. */
const QUEUE_KEYS = ['messaging.destination.name', 'bullmq.queue.name', 'messaging.destination', 'queue'];

/** A decoded data point -> one row of `metric_points`. */
export class PointRows {
  readonly #block: PointBlock;
  readonly #rules: ReadonlyMap<string, NormaliseRule>;
  readonly #hash = new Hash64();
  readonly #system = new DatabaseSystems().unknown;

  constructor(block: PointBlock, rules: readonly NormaliseRule[]) {
    this.#block = block;
    this.#rules = new Map(rules.map((rule) => [rule.from, rule]));
  }

  push(metric: MetricRecord, record: PointRecord, context: RequestContext): Rejection | undefined {
    if (metric.name === '') return 'no_metric_name';
    if (!Number.isFinite(record.value) || !Number.isFinite(record.sum)) return 'not_finite';
    const columns = this.#block.columns;
    const { resource, arrival } = context;
    columns.name.pushText(metric.name.slice(0, NAME_BYTES_MAX));
    columns.service.pushAll(resource.service);
    columns.environment.pushAll(resource.environment);
    columns.resource_id.pushU64(resource.low, resource.high);
    const isTimed = arrival.isPlausible(record.timeLow, record.timeHigh);
    const timeMs = isTimed ? toMs(record.timeLow, record.timeHigh) : arrival.ms;
    this.#pushMs(columns.time, timeMs);
    const isStarted = arrival.isPlausible(record.startLow, record.startHigh);
    this.#pushMs(columns.start_time, isStarted ? toMs(record.startLow, record.startHigh) : timeMs);
    columns.type.pushU8(metric.type);
    columns.is_monotonic.pushU8(metric.isMonotonic ? 1 : 0);
    columns.temporality.pushU8(metric.temporality <= 2 ? metric.temporality : 0);
    columns.unit.pushText(metric.unit.slice(0, NAME_BYTES_MAX));
    columns.description.pushText(metric.description.slice(0, NAME_BYTES_MAX));
    this.#pushNumbers(record);
    this.#pushAttributes(metric, record, context);
    columns.ingested_at.pushU32(arrival.seconds);
    this.#block.endRow();
    return undefined;
  }

  #pushNumbers(record: PointRecord): void {
    const columns = this.#block.columns;
    columns.value.pushF64(record.value);
    columns.count.pushU64(record.countLow, record.countHigh);
    columns.sum.pushF64(record.sum);
    columns.min.pushF64(Number.isFinite(record.min) ? record.min : 0);
    columns.max.pushF64(Number.isFinite(record.max) ? record.max : 0);
    for (let i = 0; i < record.buckets; i++) {
      const count = Math.min(record.bucketCounts[i] ?? 0, Number.MAX_SAFE_INTEGER);
      columns.bucket_counts.items.pushU64(count % TWO_32, Math.floor(count / TWO_32));
    }
    columns.bucket_counts.endRow(record.buckets);
    for (let i = 0; i < record.bounds; i++) columns.bucket_bounds.items.pushF64(record.bucketBounds[i] ?? 0);
    columns.bucket_bounds.endRow(record.bounds);
  }

  /** The series is metric, resource and attributes; their order does not count. */
  #pushAttributes(metric: MetricRecord, record: PointRecord, context: RequestContext): void {
    const columns = this.#block.columns;
    const list = record.attributes;
    const bytes = metric.bytes;
    const hash = this.#hash;
    let low = context.resource.low;
    let high = context.resource.high;
    let pairs = 0;
    let queue = '';
    let queueRank = QUEUE_KEYS.length;
    for (let i = 0; i < list.count; i++) {
      const key = attributeKey(list, bytes, i);
      const text = this.#permitted(key, attributeText(list, bytes, i));
      if (text === undefined) continue;
      hash.reset().addText(key).addText(text).finish();
      low = (low + hash.low) >>> 0;
      high = (high + hash.high) >>> 0;
      columns.attributes.items.keys.pushText(key);
      columns.attributes.items.values.pushText(text);
      pairs += 1;
      const rank = QUEUE_KEYS.indexOf(key);
      if (rank >= 0 && rank < queueRank) {
        queueRank = rank;
        queue = text;
      }
    }
    columns.attributes.endRow(pairs);
    columns.queue.pushText(queue);
    hash.reset().addText(metric.name);
    hash.low ^= low;
    hash.high ^= high;
    hash.finish();
    columns.series_id.pushU64(hash.low, hash.high);
  }

  #permitted(key: string, text: string): string | undefined {
    const rule = this.#rules.get(key);
    const kept =
      rule === undefined ? text : permittedText(rule.treatment, text, { key, system: this.#system });
    return kept?.slice(0, NAME_BYTES_MAX);
  }

  #pushMs(column: PointBlock['columns']['time'], ms: number): void {
    column.pushU64(ms % TWO_32, Math.floor(ms / TWO_32));
  }
}

/** Rounded: a double cannot hold nanoseconds exactly, and cutting would turn whole milliseconds into the one before. */
function toMs(low: number, high: number): number {
  return Math.round((high * TWO_32 + low) / 1e6);
}
