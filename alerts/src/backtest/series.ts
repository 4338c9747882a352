import { isZeroWhenAbsent } from '../../schema/index.ts';
import type { Labels } from '../../schema/index.ts';
import { fingerprint } from '../ids.ts';
import type { RulePlan } from '../plan.ts';
import type { GroupReading, Reading } from '../ports.ts';
import { readingGroupsMax } from '../ports.ts';
import type { RangeGroup, RangeReading } from './range.ts';

/** The ticks of a backtest: `firstMs + index * everyMs`. */
export interface TickGrid {
  readonly firstMs: number;
  readonly everyMs: number;
  readonly ticks: number;
}

/** One group over all ticks, in each window that the rule looks at. */
export interface GroupSeries {
  readonly key: string;
  readonly labels: Labels;
  readonly samplesTotal: number;
  /** By length of the window. A window without data of the group has no entry. */
  readonly windows: ReadonlyMap<number, RangeGroup>;
  /** First tick with data in any window; from there on a count that is absent is 0. */
  readonly firstSeen: number;
}

export interface Cell {
  readonly value: number;
  readonly samples: number;
  readonly isBound: boolean;
}

/** Joins the readings of all windows by group, the busiest first. */
export function joinSeries(plan: RulePlan, readings: ReadonlyMap<number, RangeReading>): GroupSeries[] {
  const found = new Map<string, { labels: Labels; windows: Map<number, RangeGroup> }>();
  for (const [windowMs, { groups }] of readings) {
    for (const group of groups) {
      if (!plan.isWatched(group.labels)) continue;
      const key = fingerprint(group.labels);
      const known = found.get(key) ?? { labels: group.labels, windows: new Map() };
      known.windows.set(windowMs, group);
      found.set(key, known);
    }
  }
  const key = fingerprint({});
  if (plan.rule.groupBy.length === 0 && !found.has(key)) found.set(key, { labels: {}, windows: new Map() });
  return [...found]
    .map(([id, { labels, windows }]) => ({
      key: id,
      labels,
      windows,
      samplesTotal: [...windows.values()].reduce((total, it) => total + sumOf(it.samples), 0),
      firstSeen: plan.rule.groupBy.length === 0 ? 0 : firstSeenOf([...windows.values()]),
    }))
    .sort((a, b) => b.samplesTotal - a.samplesTotal || (a.key < b.key ? -1 : 1));
}

/** What a window held at a tick; undefined when the group was not in it. */
export function cellAt(
  series: GroupSeries,
  at: { readonly windowMs: number; readonly tick: number; readonly plan: RulePlan },
): Cell | undefined {
  const group = series.windows.get(at.windowMs);
  const samples = group?.samples[at.tick] ?? 0;
  const value = samples === 0 ? Number.NaN : (group?.values[at.tick] ?? Number.NaN);
  if (!Number.isNaN(value)) return { value, samples, isBound: group?.bounds?.[at.tick] === 1 };
  if (samples > 0 || at.tick < series.firstSeen || !isZeroWhenAbsent(at.plan.rule.signal)) return undefined;
  return { value: 0, samples: 0, isBound: false };
}

/** Counts the samples alone where a value was not worth working out. */
export function samplesAt(series: GroupSeries, windowMs: number, tick: number): number {
  return series.windows.get(windowMs)?.samples[tick] ?? 0;
}

/** What the engine would have read of this group at a tick. */
export function readingAt(
  series: GroupSeries,
  at: { readonly windowMs: number; readonly tick: number; readonly plan: RulePlan },
): Reading {
  const cell = cellAt(series, at);
  const samples = samplesAt(series, at.windowMs, at.tick);
  const groups: GroupReading[] = [];
  if (cell !== undefined) {
    const { labels } = series;
    groups.push({
      labels,
      value: cell.value,
      samples: cell.samples,
      ...(cell.isBound ? { note: 'the slowest request' } : {}),
    });
  } else if (samples > 0) {
    // Too few to be judged, so their value was not read: the guard speaks before the value is looked at.
    groups.push({ labels: series.labels, value: 0, samples });
  }
  return { groups, watermarkMs: Number.MAX_SAFE_INTEGER };
}

/** Busier groups than a rule may watch are what it would have watched. */
export function watchedOf(plan: RulePlan, series: readonly GroupSeries[]): readonly GroupSeries[] {
  return series.slice(0, Math.min(plan.rule.groups.max, readingGroupsMax));
}

function sumOf(values: Uint32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function firstSeenOf(windows: readonly RangeGroup[]): number {
  const firsts = windows
    .map(({ samples }) => samples.findIndex((count) => count > 0))
    .filter((it) => it >= 0);
  return firsts.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...firsts);
}
