import type { QuantityKind } from '../../lib/quantity.ts';

export type Point = Readonly<{ startMs: number }> & Readonly<Record<string, number | null>>;

/** Three to five round ticks from zero to at least `peak`; durations are round in the unit that they are shown in. */
export function valueTicks(peak: number, kind: QuantityKind): number[] {
  const unit = kind === 'duration' ? shownUnitMs(peak) : 1;
  return roundTicks(peak / unit).map((tick) => tick * unit);
}

function shownUnitMs(peak: number): number {
  if (peak >= 3_600_000) return 3_600_000;
  return peak >= 60_000 ? 60_000 : 1;
}

/** Powers of ten around all values, for a logarithmic axis. */
export function decadeTicks(values: readonly number[]): number[] {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))));
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [1, 10];
  return Array.from({ length: most - least + 1 }, (_, index) =>
    Number((10 ** (least + index)).toPrecision(6)),
  );
}

function roundTicks(peak: number): number[] {
  if (!(peak > 0) || !Number.isFinite(peak)) return [0, 1];
  const rough = peak / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((size) => size * power >= rough) ?? 10) * power;
  const count = Math.ceil(peak / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const minuteMs = 60_000;
const niceSteps = [
  1_000,
  5_000,
  10_000,
  15_000,
  30_000,
  minuteMs,
  2 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  60 * minuteMs,
  120 * minuteMs,
  180 * minuteMs,
  360 * minuteMs,
  720 * minuteMs,
  1440 * minuteMs,
  2880 * minuteMs,
  10_080 * minuteMs,
];

/** Round local times inside a range, at most `most` of them. */
export function timeTicks(fromMs: number, toMs: number, most: number): number[] {
  const length = toMs - fromMs;
  if (!(length > 0)) return [];
  const step = niceSteps.find((size) => length / size <= most) ?? length / most;
  // Days begin at local midnight, not at UTC's.
  const shift = new Date(fromMs).getTimezoneOffset() * minuteMs;
  const first = Math.ceil((fromMs - shift) / step) * step + shift;
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / step) + 1) },
    (_, index) => first + index * step,
  );
}

/** The largest value of some keys over all points; stacked keys add up. */
export function peakOf(points: readonly Point[], keys: readonly string[], isStacked: boolean): number {
  return points.reduce((peak, point) => {
    const values = keys.map((key) => point[key] ?? 0);
    const here = isStacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
    return Math.max(peak, here);
  }, 0);
}

/** The least value of some keys, 0 where none is below it. */
export function leastOf(points: readonly Point[], keys: readonly string[]): number {
  return points.reduce((least, point) => Math.min(least, ...keys.map((key) => point[key] ?? 0)), 0);
}

/** The range that a drag from one bucket to another means; undefined when it is no more than a click. */
export function draggedRange(
  startMs: number,
  endMs: number,
  stepMs: number,
): { fromMs: number; toMs: number } | undefined {
  if (startMs === endMs) return undefined;
  return { fromMs: Math.min(startMs, endMs), toMs: Math.max(startMs, endMs) + stepMs };
}

export type Marker = Readonly<{ atMs: number; label: string }>;

/** Labels closer than this share of the range would print over each other. */
const labelRoom = 0.07;

/** The markers inside a range, in order; of two that stand too close only the later keeps its label. */
export function labelMarkers(
  markers: readonly Marker[],
  { fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }>,
): Marker[] {
  const inside = markers
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .sort((left, right) => left.atMs - right.atMs);
  return inside.map((marker, index) => {
    const next = inside[index + 1];
    const isCrowded = next !== undefined && next.atMs - marker.atMs < (toMs - fromMs) * labelRoom;
    return isCrowded ? { ...marker, label: '' } : marker;
  });
}

/** Whether a value stands between two gaps. */
export function isLone(points: readonly Point[], key: string, index: number): boolean {
  const isGap = (at: number) => (points[at]?.[key] ?? null) === null;
  return !isGap(index) && isGap(index - 1) && isGap(index + 1);
}
