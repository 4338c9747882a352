import { Binding } from '../signal-binding.ts';
import type { BoundTexts } from '../signal-binding.ts';
import type { Chunk, SlotGrid } from './grid.ts';
import { slotsIn } from './grid.ts';
import { filterOf, partsOf } from './slot-parts.ts';
import type { SlotForm, SlotParts, SlotPlan } from './slot-parts.ts';

export interface SlotStatement {
  /** Yields a row a series: `labels`, `slots` in no order, and of each slot `samples`, `a`, `b`. */
  readonly sql: string;
  readonly bound: BoundTexts;
  readonly form: SlotForm;
}

/** Statement over one chunk. */
export function slotStatement(plan: SlotPlan, chunk: Chunk): SlotStatement {
  const binding = bindingOf(plan, chunk);
  const parts = partsOf(plan, binding);
  const { labels, where } = conditionsOf(plan, { binding, parts });
  const keys = labels.map((label, index) => `${label} AS l${index}`);
  const names = labels.map((_, index) => `l${index}`);
  const series = parts.series === undefined ? [] : [`${parts.series} AS series`];
  const grouping = [...names, ...(parts.series === undefined ? [] : ['series'])];
  const columns = [
    ...keys,
    ...series,
    `${slotOf(parts.timeMs)} AS slot`,
    `${parts.samples} AS n`,
    `${parts.a} AS a0`,
    ...(parts.b === undefined ? [] : [`${parts.b} AS b0`]),
  ];
  return {
    form: parts.form,
    bound: binding.bound,
    sql: `SELECT
  ${labelArray(names)} AS labels,
  groupArray(slot) AS slots,
  groupArray(n) AS samples,
  groupArray(a0) AS a,
  ${parts.b === undefined ? '[]' : 'groupArray(b0)'} AS b
FROM (
  SELECT
    ${columns.join(',\n    ')}
  FROM ${parts.from}
  WHERE ${where}
  GROUP BY ${[...grouping, 'slot'].join(', ')}
)
GROUP BY ${grouping.length === 0 ? 'labels' : grouping.join(', ')}
LIMIT {rows:UInt32}`,
  };
}

/** The groups of the whole range by their samples, and how many there are. */
export function groupsStatement(plan: SlotPlan): Omit<SlotStatement, 'form'> {
  const { grid } = plan;
  const whole = { firstTick: 0, ticks: grid.ticks, fromMs: grid.originMs, toMs: endOf(grid) };
  const binding = bindingOf(plan, whole);
  const parts = partsOf(plan, binding);
  const { labels, where } = conditionsOf(plan, { binding, parts });
  return {
    bound: binding.bound,
    sql: `SELECT
  labels,
  samples,
  count() OVER () AS seen
FROM (
  SELECT
    ${labelArray(labels)} AS labels,
    ${parts.samples} AS samples
  FROM ${parts.from}
  WHERE ${where}
  GROUP BY labels
)
ORDER BY samples DESC, labels
LIMIT {rows:UInt32}`,
  };
}

/** What both this and the exact quantiles say about a slot and a group. */
export function bindingOf({ query, grid }: SlotPlan, chunk: Chunk): Binding {
  const { slotMs, stride, width } = grid;
  const { fromMs, toMs } = chunk;
  return new Binding({
    fromMs,
    toMs,
    slotMs,
    stride,
    width,
    slots: slotsIn(grid, chunk),
    ticks: chunk.ticks,
    rows: Math.max(1, query.groupsMax) * seriesPerGroup,
  });
}

/** Processes that report the same queue or metric. */
const seriesPerGroup = 20;

export function slotOf(timeMs: string): string {
  return `intDiv(${timeMs} - {fromMs:Int64}, {slotMs:Int64})`;
}

export function labelArray(names: readonly string[]): string {
  return names.length === 0 ? `['']` : `[${names.map((name) => `toString(${name})`).join(', ')}]`;
}

/** Labels and the conditions of filter, time and, where windows do not touch, of slots in no window. */
export function conditionsOf(
  { query, grid }: SlotPlan,
  { binding, parts }: { readonly binding: Binding; readonly parts: SlotParts },
): { readonly labels: readonly string[]; readonly where: string } {
  const conditions = filterOf(query.signal).map((it) => binding.match(parts.labelOf(it.label), it));
  if (grid.stride > grid.width)
    conditions.push(`modulo(${slotOf(parts.timeMs)}, {stride:Int64}) < {width:Int64}`);
  const labels = query.groupBy.map((label) => parts.labelOf(label));
  if (query.only !== undefined) {
    const wanted = query.only.map((group) =>
      query.groupBy.map((label) => binding.add(group[label] ?? '')).join(', '),
    );
    if (labels.length > 0)
      conditions.push(`(${labels.join(', ')}) IN (${wanted.map((it) => `(${it})`).join(', ')})`);
  }
  return { labels, where: [parts.where, ...conditions].join('\n    AND ') };
}

function endOf({ originMs, slotMs, stride, width, ticks }: SlotGrid): number {
  return originMs + ((ticks - 1) * stride + width) * slotMs;
}
