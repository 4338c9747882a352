import { expect, it } from 'vitest';
import {
  decadeTicks,
  draggedRange,
  isLone,
  labelMarkers,
  peakOf,
  timeTicks,
  valueTicks,
} from './chart-data.ts';

it.each([
  [480, [0, 200, 400, 600]],
  [1, [0, 0.5, 1]],
  [63, [0, 25, 50, 75]],
  [0.034, [0, 0.02, 0.04]],
  [0, [0, 1]],
  [Number.NaN, [0, 1]],
])('puts few round ticks up to %d', (peak, ticks) => {
  expect(valueTicks(peak, 'count')).toEqual(ticks);
});

it('rounds long durations in minutes and hours', () => {
  const minute = 60_000;
  expect(valueTicks(6.1 * minute, 'duration')).toEqual([0, 2.5, 5, 7.5].map((at) => at * minute));
  expect(valueTicks(90 * minute, 'duration')).toEqual([0, 0.5, 1, 1.5].map((at) => at * 60 * minute));
});

it('frames values between powers of ten', () => {
  expect(decadeTicks([3, 450])).toEqual([1, 10, 100, 1_000]);
  expect(decadeTicks([10])).toEqual([10, 100]);
  expect(decadeTicks([])).toEqual([1, 10]);
});

it('never makes more than five value ticks', () => {
  for (let peak = 0.001; peak < 1e7; peak *= 1.37) {
    const ticks = valueTicks(peak, 'duration');
    expect(ticks.length).toBeLessThanOrEqual(5);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(peak * 0.999999);
  }
});

it('puts time ticks on round times', () => {
  const from = new Date(2026, 10, 20, 8, 3).getTime();
  const ticks = timeTicks(from, from + 3_600_000, 7).map((at) => new Date(at).getMinutes());
  expect(ticks).toEqual([10, 20, 30, 40, 50, 0]);
  expect(timeTicks(5, 5, 7)).toEqual([]);
});

it('finds the peak of lines and of stacks', () => {
  const points = [
    { startMs: 0, a: 1, b: 5 },
    { startMs: 1, a: 4, b: null },
  ];
  expect(peakOf(points, ['a', 'b'], false)).toBe(5);
  expect(peakOf(points, ['a', 'b'], true)).toBe(6);
});

it('labels the later of two markers that stand too close', () => {
  const markers = [
    { atMs: 95, label: 'c' },
    { atMs: 20, label: 'a' },
    { atMs: 90, label: 'b' },
    { atMs: 101, label: 'outside' },
  ];
  expect(labelMarkers(markers, { fromMs: 0, toMs: 100 }).map(({ label }) => label)).toEqual(['a', '', 'c']);
});

it('reads a drag in either direction and leaves a click alone', () => {
  expect(draggedRange(50, 20, 10)).toEqual({ fromMs: 20, toMs: 60 });
  expect(draggedRange(20, 20, 10)).toBeUndefined();
});

it.each([
  ['the only bucket', [4], 0, true],
  ['the last bucket', [null, null, 4], 2, true],
  ['between two gaps', [null, 4, null], 1, true],
  ['beside a value', [null, 4, 0], 1, false],
  ['a gap', [4, null, 4], 1, false],
])('tells a value that no line can show: %s', (_where, values, index, isAlone) => {
  const points = values.map((a, startMs) => ({ startMs, a }));
  expect(isLone(points, 'a', index)).toBe(isAlone);
});
