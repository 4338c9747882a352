import { cutUtf8, NAME_BYTES_MAX } from '../model/limits.ts';
import type { RowSink, RowStore } from '../model/stages.ts';
import { DatabaseSystems } from './database-systems.ts';
import { LogRows } from './log-rows.ts';
import { PointRows } from './point-rows.ts';
import type { RequestContext } from './request-context.ts';
import { Resources } from './resources.ts';
import type { Resource } from './resources.ts';
import { RULES } from './rules.ts';
import type { NormaliseRule } from './rules.ts';
import { SpanRows } from './span-rows.ts';
import { Arrival } from './times.ts';

export interface NormaliserOptions {
  readonly store: RowStore;
  /** Secret of the data directory: parameter hashes are salted with it. */
  readonly salt: Uint8Array;
  readonly now?: () => number;
  /** Rules for names of one's own; tried before the built-in ones. */
  readonly rules?: readonly NormaliseRule[];
}

const NOBODY: Resource = {
  low: 0,
  high: 0,
  service: Buffer.from('unknown_service'),
  environment: new Uint8Array(0),
  release: new Uint8Array(0),
  language: new Uint8Array(0),
  attributes: [],
  writtenAtMs: Number.POSITIVE_INFINITY,
};

/** Decoded records -> rows of the open blocks: one vocabulary, no secrets, plausible times. */
export function createNormaliser(options: NormaliserOptions): RowSink {
  const { store, salt } = options;
  const now = options.now ?? Date.now;
  const { blocks } = store;
  const rules = [...(options.rules ?? []), ...RULES];
  const resources = new Resources(rules, new DatabaseSystems().unknown);
  const spans = new SpanRows(blocks.spans, rules, salt);
  const logs = new LogRows(blocks.logs, rules);
  const points = new PointRows(blocks.metric_points, rules);
  const all = [blocks.spans, blocks.resources, blocks.logs, blocks.metric_points];
  const context: RequestContext = {
    arrival: new Arrival(),
    resource: NOBODY,
    scope: { name: new Uint8Array(0), version: new Uint8Array(0) },
  };
  return {
    refusal: () => store.refusal(),
    begin() {
      context.arrival.set(now());
      for (const block of all) block.mark();
    },
    resource(bytes, attributes) {
      context.resource = resources.find(bytes, attributes);
      resources.write(blocks.resources, context.resource, context.arrival.ms);
    },
    scope(bytes, { nameStart, nameEnd, versionStart, versionEnd }) {
      context.scope.name = cutRange(bytes, { start: nameStart, end: nameEnd });
      context.scope.version = cutRange(bytes, { start: versionStart, end: versionEnd });
    },
    span: (record) => spans.push(record, context),
    log(record) {
      logs.push(record, context);
      return undefined;
    },
    point: (metric, record) => points.push(metric, record, context),
    abandon() {
      for (const block of all) block.rewind();
      resources.forget(resources.takeUnsettled());
    },
    async commit(identity) {
      const unsettled = resources.takeUnsettled();
      const unavailable = await store.commit(context.arrival.ms, identity);
      if (unavailable !== undefined) resources.forget(unsettled);
      return unavailable;
    },
  };
}

function cutRange(bytes: Buffer, range: { readonly start: number; readonly end: number }): Uint8Array {
  return bytes.subarray(range.start, cutUtf8(bytes, range, NAME_BYTES_MAX));
}
