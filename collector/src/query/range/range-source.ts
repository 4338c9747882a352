import type { MetricSource, RangeGroup, RangeQuery, RangeSource } from '@nightjar/alerts';
import type { Labels } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../../storage/types.ts';
import type { BoundTexts } from '../signal-binding.ts';
import { quantileStatement, spansFrom } from './exact-quantiles.ts';
import { chunksOf, fitsMinutes, slotGrid } from './grid.ts';
import type { Chunk } from './grid.ts';
import { isSliceable } from './slot-parts.ts';
import type { SlotForm, SlotPlan } from './slot-parts.ts';
import { slideExtreme, slideLast, slideSum } from './slide.ts';
import { groupsStatement, slotStatement } from './slots-sql.ts';
import { readTickByTick } from './tick-by-tick.ts';

export interface RangeSourceOptions {
  readonly storage: Storage;
  /** For signals that only know one window at a time. */
  readonly source: MetricSource;
  /** Up to so many requests in the range their rows are read, and windows end to the millisecond. */
  readonly exactRowsMax?: number;
}

/** Ticks of a signal that is read one at a time. */
export const singleTicksMax = 240;
const exactRowsMaxDefault = 300_000;
const timeoutMs = 30_000;

/** What alert previews read: whole ranges by rollups, about a statement a day of the range. */
export function createRangeSource(options: RangeSourceOptions): RangeSource {
  const { storage, source, exactRowsMax = exactRowsMaxDefault } = options;
  return {
    strideOf: (signal, ticks) => (isSliceable(signal) ? 1 : Math.max(1, Math.ceil(ticks / singleTicksMax))),
    async readRange(query, signal) {
      if (!isSliceable(query.signal)) return await readTickByTick(source, query, signal);
      const plan = await planOf({ storage, exactRowsMax }, query);
      const groups = await readGroups(storage, plan);
      const cells = new Map(groups.rows.map((labels) => [keyOf(labels), emptyGroup(query, labels)]));
      for (const chunk of chunksOf(plan.grid)) {
        signal.throwIfAborted();
        const form = await readChunk(storage, plan, { chunk, cells });
        if (form.kind === 'bound') await sharpen(storage, plan, { chunk, cells });
      }
      return {
        groups: [...cells.values()],
        groupsSeen: groups.seen,
        resolution: plan.source === 'minutes' ? 'minute' : 'exact',
      };
    },
  };
}

async function planOf(
  { storage, exactRowsMax }: Pick<RangeSourceOptions, 'storage'> & { readonly exactRowsMax: number },
  query: RangeQuery,
): Promise<SlotPlan> {
  const exact: SlotPlan = { query, grid: slotGrid(query, 'exact'), source: 'requests' };
  const { kind } = query.signal;
  const isOfPoints =
    kind === 'queue' || kind === 'metric' || kind === 'logs' || kind === 'queries_per_request';
  const isRaw = isOfPoints || (kind === 'heartbeat' && query.signal.of !== 'requests');
  const needsRows = kind === 'burn_rate' && query.signal.slo.slowerThanMs !== undefined;
  if (isRaw || needsRows || !fitsMinutes(query)) return exact;
  const { originMs, slotMs, stride, ticks, width } = exact.grid;
  const toMs = originMs + ((ticks - 1) * stride + width) * slotMs;
  const [row] = await storage.query(rowsQuery, { fromMs: originMs, toMs });
  if ((row?.requests ?? 0) <= exactRowsMax) return exact;
  return { query, grid: slotGrid(query, 'minutes'), source: 'minutes' };
}

async function readGroups(
  storage: Storage,
  plan: SlotPlan,
): Promise<{ readonly rows: readonly string[][]; readonly seen: number }> {
  const { sql, bound } = groupsStatement(plan);
  const rows = await storage.query(statement('range.groups', { sql, row: groupRow }), bound);
  const { groupBy, groupsMax } = plan.query;
  return {
    rows: rows.slice(0, groupsMax).map(({ labels }) => labels.slice(0, groupBy.length)),
    seen: rows[0]?.seen ?? 0,
  };
}

interface Part {
  readonly chunk: Chunk;
  readonly cells: ReadonlyMap<string, Cells>;
}

interface Cells extends RangeGroup {
  readonly bounds: Uint8Array;
}

async function readChunk(storage: Storage, plan: SlotPlan, { chunk, cells }: Part): Promise<SlotForm> {
  const { sql, bound, form } = slotStatement(plan, chunk);
  const rows = await storage.query(statement('range.slots', { sql, row: slotsRow }), bound);
  const { stride, width } = plan.grid;
  const sliding = { stride, width, ticks: chunk.ticks };
  for (const row of rows) {
    const group = cells.get(keyOf(row.labels.slice(0, plan.query.groupBy.length)));
    if (group === undefined) continue;
    const samples = slideSum({ at: row.slots, values: row.samples }, sliding);
    const values = valuesOf(form, { row, sliding });
    for (let index = 0; index < chunk.ticks; index += 1) {
      const count = samples[index] ?? 0;
      if (count === 0) continue;
      const tick = chunk.firstTick + index;
      const value = values[index] ?? Number.NaN;
      group.samples[tick] = (group.samples[tick] ?? 0) + count;
      // Several series of one group: the largest view of it counts.
      const other = group.values[tick] ?? Number.NaN;
      group.values[tick] = Number.isNaN(other) ? value : Math.max(other, value);
      if (form.kind === 'bound') group.bounds[tick] = 1;
    }
  }
  return form;
}

function valuesOf(
  form: SlotForm,
  {
    row,
    sliding,
  }: { readonly row: z.infer<typeof slotsRow>; readonly sliding: Parameters<typeof slideSum>[1] },
): Float64Array {
  const a = { at: row.slots, values: row.a };
  switch (form.kind) {
    case 'sum':
      return slideSum(a, sliding).map((sum) => sum * form.scale);
    case 'ratio': {
      const wholes = slideSum({ at: row.slots, values: row.b }, sliding);
      return slideSum(a, sliding).map((sum, tick) => (form.scale * Math.max(0, sum)) / (wholes[tick] ?? 0));
    }
    case 'max':
    case 'min':
      return slideExtreme(a, sliding, form.kind);
    case 'bound':
      return slideExtreme(a, sliding, 'max');
    case 'last':
      return slideLast(a, sliding);
    default:
      return assertNever(form);
  }
}

/** Sketches are merged only where the slowest request lets a verdict hang on them. */
async function sharpen(storage: Storage, plan: SlotPlan, { chunk, cells }: Part): Promise<void> {
  const { exactFrom, groupBy } = plan.query;
  const isOpen = (group: Cells, tick: number): boolean => {
    const samples = group.samples[tick] ?? 0;
    if (samples === 0) return false;
    if (exactFrom === undefined) return true;
    return samples >= exactFrom.samples && (group.values[tick] ?? 0) > exactFrom.above;
  };
  const open = [...cells.values()].filter((group) => {
    for (let index = 0; index < chunk.ticks; index += 1)
      if (isOpen(group, chunk.firstTick + index)) return true;
    return false;
  });
  if (open.length > 0) {
    const isWanted = (index: number) => open.some((group) => isOpen(group, chunk.firstTick + index));
    const wanted = { spans: spansFrom(isWanted, chunk.ticks), groups: open.map(({ labels }) => labels) };
    const { sql, bound } = quantileStatement(plan, chunk, wanted);
    const rows = await storage.query(statement('range.quantiles', { sql, row: quantilesRow }), bound);
    for (const { labels, ticks, a } of rows) {
      const group = cells.get(keyOf(labels.slice(0, groupBy.length)));
      if (group === undefined) continue;
      ticks.forEach((index, at) => {
        const tick = chunk.firstTick + index;
        const value = a[at] ?? Number.NaN;
        // A window at the edge of a span was read in part only.
        if (!isOpen(group, tick)) return;
        group.values[tick] = value;
        group.bounds[tick] = 2;
      });
    }
  }
  settleBounds(plan, { chunk, cells });
}

/** Leaves 1 where the value is a bound; one of too few samples is no value at all. */
function settleBounds({ query }: SlotPlan, { chunk, cells }: Part): void {
  const fewest = query.exactFrom?.samples ?? 0;
  for (const group of cells.values()) {
    for (let index = 0; index < chunk.ticks; index += 1) {
      const tick = chunk.firstTick + index;
      if (group.bounds[tick] === 2) group.bounds[tick] = 0;
      else if ((group.samples[tick] ?? 0) < fewest) group.values[tick] = Number.NaN;
    }
  }
}

function emptyGroup({ ticks, groupBy }: RangeQuery, values: readonly string[]): Cells {
  return {
    labels: labelsOf(groupBy, values),
    values: new Float64Array(ticks).fill(Number.NaN),
    samples: new Float64Array(ticks),
    bounds: new Uint8Array(ticks),
  };
}

function labelsOf(groupBy: readonly string[], values: readonly string[]): Labels {
  return Object.fromEntries(groupBy.map((label, index) => [label, values[index] ?? '']));
}

function keyOf(labels: readonly string[]): string {
  return JSON.stringify(labels);
}

const boundTexts: z.ZodType<BoundTexts> = z.record(z.string(), z.union([z.string(), z.number()]));
const groupRow = z.object({ labels: z.array(z.string()), samples: z.number(), seen: z.number() });
const figures = z.array(z.number().nullable());
const slotsRow = z.object({
  labels: z.array(z.string()),
  slots: z.array(z.number()),
  samples: figures,
  a: figures,
  b: figures,
});
const quantilesRow = z.object({ labels: z.array(z.string()), ticks: z.array(z.number()), a: figures });

function statement<Row>(
  name: string,
  { sql, row }: { readonly sql: string; readonly row: z.ZodType<Row> },
): Query<BoundTexts, Row> {
  return { name, sql, row, params: boundTexts, timeoutMs };
}

const rowsQuery: Query<{ fromMs: number; toMs: number }, { requests: number }> = {
  name: 'range.rows',
  sql: `SELECT sum(samples) AS requests
FROM service_minutes
WHERE minute >= toDateTime(intDiv({fromMs:Int64}, 60000) * 60) AND minute < toDateTime(intDiv({toMs:Int64}, 60000) * 60)`,
  params: z.object({ fromMs: z.number(), toMs: z.number() }),
  row: z.object({ requests: z.number() }),
  timeoutMs,
};

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
