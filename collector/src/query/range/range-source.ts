import { withBaselines } from '@nightjar/alerts';
import type { MetricSource, RangeGroup, RangeQuery, RangeSource } from '@nightjar/alerts';
import type { Labels } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../../storage/types.ts';
import type { BoundTexts } from '../signal-binding.ts';
import { quantileStatement, spansFrom } from './exact-quantiles.ts';
import type { Wanted } from './exact-quantiles.ts';
import { chunksOf, fitsMinutes, slotGrid, slotsIn } from './grid.ts';
import type { Chunk } from './grid.ts';
import { isSliceable, needsRows } from './slot-parts.ts';
import type { SlotForm, SlotPlan } from './slot-parts.ts';
import { groupsStatement, slotStatement } from './slots-sql.ts';
import { figures, integers, slotsRow, windowsOf } from './windows.ts';
import type { Windows } from './windows.ts';
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
/** Each of these reads the weeks before it. */
export const baselineTicksMax = 24;
const exactRowsMaxDefault = 300_000;
const timeoutMs = 30_000;

/** What alert previews read: whole ranges by rollups, about a statement a day of the range. */
export function createRangeSource(options: RangeSourceOptions): RangeSource {
  const { storage, source, exactRowsMax = exactRowsMaxDefault } = options;
  return {
    strideOf: (signal, ticks) => {
      if (isSliceable(signal)) return 1;
      const most = signal.kind === 'baseline' ? baselineTicksMax : singleTicksMax;
      return Math.max(1, Math.ceil(ticks / most));
    },
    async readRange(query, signal) {
      if (!isSliceable(query.signal)) return await readTickByTick(withBaselines(source), query, signal);
      const plan = await planOf({ storage, exactRowsMax }, query);
      const groups = await readGroups(storage, plan);
      const cells = new Map(groups.rows.map((labels) => [keyOf(labels), emptyGroup(query, labels)]));
      for (const chunk of cells.size === 0 ? [] : chunksOf(plan.grid)) {
        signal.throwIfAborted();
        if (isPlainQuantile(plan)) {
          const wanted = { spans: [{ from: 0, to: chunk.ticks }], groups: [] };
          await readQuantiles(storage, plan, { chunk, cells, wanted });
        } else {
          const form = await readChunk(storage, plan, { chunk, cells });
          if (form.kind === 'bound') await sharpen(storage, plan, { chunk, cells });
        }
      }
      return {
        groups: [...cells.values()],
        groupsSeen: groups.seen,
        resolution: plan.source === 'minutes' ? 'minute' : 'exact',
      };
    },
  };
}

/** Every value is wanted exactly: no use in looking at the slowest requests first. */
function isPlainQuantile({ query }: SlotPlan): boolean {
  return query.signal.kind === 'latency' && query.exactFrom === undefined;
}

async function planOf(
  { storage, exactRowsMax }: Pick<RangeSourceOptions, 'storage'> & { readonly exactRowsMax: number },
  query: RangeQuery,
): Promise<SlotPlan> {
  const exact: SlotPlan = { query, grid: slotGrid(query, 'exact'), source: 'requests' };
  if (needsRows(query) || !fitsMinutes(query)) return exact;
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
  const slots = slotsIn(plan.grid, chunk);
  for (const row of rows) {
    const group = cells.get(keyOf(row.labels.slice(0, plan.query.groupBy.length)));
    if (group === undefined) continue;
    const windows = windowsOf(form, row, { ...plan.grid, ticks: chunk.ticks, slots });
    fillTicks(group, windows, { firstTick: chunk.firstTick, isBound: form.kind === 'bound' });
  }
  return form;
}

// Millions of ticks: a function of its own, because loops inside an async one are not compiled as well.
function fillTicks(
  group: Cells,
  { samples, values }: Windows,
  { firstTick, isBound }: { readonly firstTick: number; readonly isBound: boolean },
): void {
  for (let index = 0; index < samples.length; index += 1) {
    const count = samples[index] ?? 0;
    if (count === 0) continue;
    const tick = firstTick + index;
    const value = values[index] ?? Number.NaN;
    const before = group.samples[tick] ?? 0;
    // Several series of one group: the largest view of it counts.
    group.values[tick] = before === 0 ? value : Math.max(value, group.values[tick] ?? value);
    group.samples[tick] = before + count;
    if (isBound) group.bounds[tick] = 1;
  }
}

/** Sketches are merged only where the slowest request lets a verdict hang on them. */
async function sharpen(storage: Storage, plan: SlotPlan, { chunk, cells }: Part): Promise<void> {
  const { exactFrom } = plan.query;
  if (exactFrom === undefined) return;
  const isOpenTick = new Uint8Array(chunk.ticks);
  const open = new Map<string, Cells>();
  for (const [key, group] of cells)
    if (markOpen(group, exactFrom, { firstTick: chunk.firstTick, isOpenTick })) open.set(key, group);
  if (open.size === 0) return;
  const groups = [...open.values()].map(({ labels }) => labels);
  const spans = spansFrom((index) => isOpenTick[index] === 1, chunk.ticks);
  await readQuantiles(storage, plan, { chunk, cells: open, wanted: { spans, groups } });
}

/** Marks the ticks whose verdict hangs on the sketch; values of too few samples are no values. */
function markOpen(
  group: Cells,
  { above, samples }: NonNullable<RangeQuery['exactFrom']>,
  { firstTick, isOpenTick }: { readonly firstTick: number; readonly isOpenTick: Uint8Array },
): boolean {
  let isOpen = false;
  for (let index = 0; index < isOpenTick.length; index += 1) {
    const tick = firstTick + index;
    const count = group.samples[tick] ?? 0;
    if (count === 0) continue;
    if (count < samples) group.values[tick] = Number.NaN;
    else if ((group.values[tick] ?? 0) > above) {
      isOpenTick[index] = 1;
      isOpen = true;
    }
  }
  return isOpen;
}

/** Puts exact values in the place of bounds; a group or tick that was not read before is filled. */
async function readQuantiles(
  storage: Storage,
  plan: SlotPlan,
  { chunk, cells, wanted }: Part & { readonly wanted: Wanted },
): Promise<void> {
  const { groupBy, exactFrom } = plan.query;
  const { sql, bound } = quantileStatement(plan, chunk, wanted);
  const rows = await storage.query(statement('range.quantiles', { sql, row: quantilesRow }), bound);
  for (const { labels, ticks, samples, a } of rows) {
    const group = cells.get(keyOf(labels.slice(0, groupBy.length)));
    if (group === undefined) continue;
    ticks.forEach((index, at) => {
      const tick = chunk.firstTick + index;
      // A window at the edge of a span was read in part only: its samples tell.
      if (
        exactFrom !== undefined &&
        (group.samples[tick] !== samples[at] || Number.isNaN(group.values[tick]))
      )
        return;
      group.samples[tick] = samples[at] ?? 0;
      group.values[tick] = a[at] ?? Number.NaN;
      group.bounds[tick] = 0;
    });
  }
}

function emptyGroup({ ticks, groupBy }: RangeQuery, values: readonly string[]): Cells {
  return {
    labels: labelsOf(groupBy, values),
    values: new Float64Array(ticks),
    samples: new Uint32Array(ticks),
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
const quantilesRow = z.object({
  labels: z.array(z.string()),
  ticks: integers,
  samples: integers,
  a: figures,
});

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
