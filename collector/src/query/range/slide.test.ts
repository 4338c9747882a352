import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slideExtreme, slideLast, slideSum } from './slide.ts';

const given = fc
  .record({
    ticks: fc.integer({ min: 1, max: 30 }),
    stride: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 12 }),
  })
  .chain((grid) => {
    const length = (grid.ticks - 1) * grid.stride + grid.width;
    const slot = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -9, max: 9 }));
    return fc
      .array(slot, { minLength: length, maxLength: length })
      .map((slots) => ({ grid, slots: Float64Array.from(slots) }));
  });

it('each window holds what a look at all of its slots finds', () => {
  fc.assert(
    fc.property(given, ({ grid, slots }) => {
      const windows = Array.from({ length: grid.ticks }, (_, tick) =>
        Array.from(slots.slice(tick * grid.stride, tick * grid.stride + grid.width)).filter(
          (it) => !Number.isNaN(it),
        ),
      );
      const or = (window: number[], value: number) => (window.length === 0 ? Number.NaN : value);
      const zeroed = slots.map((it) => (Number.isNaN(it) ? 0 : it));
      expect([...slideSum(zeroed, grid)]).toEqual(windows.map((it) => it.reduce((a, b) => a + b, 0)));
      expect([...slideExtreme(slots, grid, 'max')]).toEqual(windows.map((it) => or(it, Math.max(...it))));
      expect([...slideExtreme(slots, grid, 'min')]).toEqual(windows.map((it) => or(it, Math.min(...it))));
      expect([...slideLast(slots, grid)]).toEqual(windows.map((it) => or(it, it.at(-1) ?? 0)));
    }),
    { numRuns: 300 },
  );
});
