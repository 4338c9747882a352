import { expect, it } from 'vitest';
import { barBox, brushedView, firstView, rulerTicks } from './scale.ts';

it('places bars in the view and cuts them at its edges', () => {
  expect(barBox(25, 75, { fromMs: 0, toMs: 100 })).toEqual({
    leftPercent: 25,
    widthPercent: 50,
    isInside: true,
  });
  expect(barBox(0, 75, { fromMs: 50, toMs: 100 })).toEqual({
    leftPercent: 0,
    widthPercent: 50,
    isInside: true,
  });
  expect(barBox(0, 10, { fromMs: 50, toMs: 100 }).isInside).toBe(false);
  expect(barBox(0, 0, { fromMs: 0, toMs: 0 }).widthPercent).toBe(0);
});

it.each([
  [0, 480, [0, 100, 200, 300, 400]],
  [0, 0.7, [0, 0.2, 0.4, 0.6]],
  [130, 171, [130, 140, 150, 160, 170]],
  [5, 5, []],
])('rules %d to %d at round marks', (fromMs, toMs, ticks) => {
  expect(rulerTicks({ fromMs, toMs })).toEqual(ticks);
});

it('opens on the whole trace, or on the span asked for when that would be a sliver', () => {
  expect(firstView(undefined, 100)).toEqual({ fromMs: 0, toMs: 100 });
  expect(firstView({ startMs: 0, endMs: 50 }, 100)).toEqual({ fromMs: 0, toMs: 100 });
  expect(firstView({ startMs: 40, endMs: 42 }, 100)).toEqual({ fromMs: 39.9, toMs: 42.1 });
  expect(firstView({ startMs: 98, endMs: 100 }, 100).toMs).toBe(100);
});

it('brushes either way, and back to the whole by a click', () => {
  expect(brushedView(0.75, 0.25, 200)).toEqual({ fromMs: 50, toMs: 150 });
  expect(brushedView(0.5, 0.501, 200)).toEqual({ fromMs: 0, toMs: 200 });
  expect(brushedView(-1, 2, 200)).toEqual({ fromMs: 0, toMs: 200 });
});
