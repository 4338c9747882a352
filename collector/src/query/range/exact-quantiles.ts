import type { RangeQuery } from '@nightjar/alerts';
import type { Labels } from '@nightjar/alerts/schema';
import { quantilesOf } from '../sql.ts';
import type { Chunk } from './grid.ts';
import type { SlotPlan } from './slot-parts.ts';
import { partsOf } from './slot-parts.ts';
import { bindingOf, conditionsOf, labelArray, slotOf } from './slots-sql.ts';
import type { SlotStatement } from './slots-sql.ts';

/** Ticks in a row that are worth a sketch. */
export interface TickSpan {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Pieces of a chunk that one statement names; beyond it neighbours are joined over what lies between them. */
export const spansMax = 100;
/** Groups that one statement names; beyond it all are read. */
export const groupsNamedMax = 200;

export interface Wanted {
  readonly spans: readonly TickSpan[];
  /** None: all. */
  readonly groups: readonly Labels[];
}

/** Quantiles of whole windows, each merged from the sketches of its slots: a row a group with `ticks`, `samples` and `a`. */
export function quantileStatement(plan: SlotPlan, chunk: Chunk, wanted: Wanted): Omit<SlotStatement, 'form'> {
  const { query, source } = plan;
  const { groups } = wanted;
  const isNamed = groups.length > 0 && groups.length <= groupsNamedMax;
  const only = query.only ?? (isNamed ? groups : undefined);
  const named: SlotPlan = { ...plan, query: { ...query, ...(only === undefined ? {} : { only }) } };
  const binding = bindingOf(plan, chunk);
  const parts = partsOf(named, binding);
  const { labels, where } = conditionsOf(named, { binding, parts });
  const keys = labels.map((label, index) => `${label} AS l${index}`);
  const names = labels.map((_, index) => `l${index}`);
  const slot = slotOf(parts.timeMs);
  const level = `(0.01, ${quantileOf(query)})`;
  const quantiles = source === 'minutes' ? quantilesOf.sketches(level) : quantilesOf.rows(level);
  // A slot is in the windows of the ticks from the one whose window ends in it to the one whose window begins with it.
  const first = `if(${slot} < {width:Int64}, 0, intDiv(${slot} - {width:Int64}, {stride:Int64}) + 1)`;
  const last = `least(intDiv(${slot}, {stride:Int64}), {ticks:Int64} - 1)`;
  return {
    bound: binding.bound,
    sql: `SELECT
  ${labelArray(names)} AS labels,
  groupArray(tick) AS ticks,
  groupArray(n) AS samples,
  groupArray(value) AS a
FROM (
  SELECT
    ${[...keys, `arrayJoin(range(toUInt64(${first}), toUInt64(${last} + 1))) AS tick`].join(',\n    ')},
    ${parts.samples} AS n,
    ${quantiles}[1] / 1000000 AS value
  FROM ${parts.from}
  WHERE ${where}
    AND (${spansOf(plan, wanted.spans, slot)})
  GROUP BY ${[...names, 'tick'].join(', ')}
)
GROUP BY ${names.length === 0 ? 'labels' : names.join(', ')}
LIMIT {rows:UInt32}`,
  };
}

/** Neighbouring ticks as spans, at most `spansMax`: the smallest gaps are closed first. */
export function spansFrom(isWanted: (tick: number) => boolean, ticks: number): TickSpan[] {
  const spans: { from: number; to: number }[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    if (!isWanted(tick)) continue;
    const last = spans.at(-1);
    if (last?.to === tick) last.to = tick + 1;
    else spans.push({ from: tick, to: tick + 1 });
  }
  if (spans.length <= spansMax) return spans;
  const gaps = spans.slice(1).map((span, index) => span.from - (spans[index]?.to ?? 0));
  const limit = gaps.toSorted((a, b) => b - a)[spansMax - 1] ?? 0;
  const joined: { from: number; to: number }[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last !== undefined && span.from - last.to <= limit) last.to = span.to;
    else joined.push({ ...span });
  }
  return joined;
}

function spansOf({ grid }: SlotPlan, spans: readonly TickSpan[], slot: string): string {
  const { stride, width } = grid;
  // Whole numbers worked out here, no text from outside.
  return spans
    .map(({ from, to }) => `(${slot} >= ${from * stride} AND ${slot} < ${(to - 1) * stride + width})`)
    .join(' OR ');
}

function quantileOf({ signal }: RangeQuery): number {
  return signal.kind === 'latency' ? signal.quantile : 0.5;
}
