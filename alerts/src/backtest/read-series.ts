import type { RulePlan } from '../plan.ts';
import { readingGroupsMax } from '../ports.ts';
import type { PreviewPorts } from './preview.ts';
import type { RangeQuery, RangeReading } from './range.ts';
import type { TickGrid } from './series.ts';

/** Values in memory at once: groups times ticks times windows. */
export const cellsMax = 12_000_000;

/** Every window that the rule looks at, each read once over all ticks. */
export async function readSeries(
  plan: RulePlan,
  grid: TickGrid,
  { source, signal }: PreviewPorts,
): Promise<ReadonlyMap<number, RangeReading>> {
  const readings = new Map<number, RangeReading>();
  const room = Math.max(1, Math.floor(cellsMax / (grid.ticks * plan.windowsMs.length)));
  const groupsMax = Math.min(plan.rule.groups.max, readingGroupsMax, room);
  for (const windowMs of plan.windowsMs) {
    const query = { ...rangeOf(plan, grid, windowMs), groupsMax, ...exactFrom(plan, windowMs) };
    readings.set(windowMs, await source.readRange(query, signal));
  }
  return readings;
}

export function rangeOf(
  plan: RulePlan,
  { firstMs, everyMs, ticks }: TickGrid,
  windowMs: number,
): Omit<RangeQuery, 'groupsMax'> {
  const { signal, groupBy } = plan.rule;
  return { signal, groupBy, windowMs, everyMs, ticks, firstToMs: firstMs - plan.delayMs };
}

/** Values at or below all limits of a window say the same, whatever they are. */
function exactFrom(plan: RulePlan, windowMs: number): Pick<RangeQuery, 'exactFrom'> {
  const firsts = plan.conditions.filter((it) => it.windowMs === windowMs);
  const others = plan.conditions.flatMap(({ and }) => and.filter((it) => it.windowMs === windowMs));
  const limits = [...firsts, ...others];
  if (limits.length === 0 || limits.some(({ op }) => op !== '>' && op !== '>=')) return {};
  const lowest = Math.min(...limits.map(({ threshold, recover }) => recover ?? threshold));
  const samples = others.length > 0 ? 0 : Math.min(...firsts.map(({ minSamples }) => minSamples));
  // `>=` counts the limit itself: a hair below it all is the same.
  const above = limits.some(({ op }) => op === '>=') ? lowest - Math.abs(lowest) * 1e-9 : lowest;
  return { exactFrom: { above, samples } };
}
