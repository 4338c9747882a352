import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slideExtreme, slideLast, slideSum } from './slide.ts';

const slots = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((at) => at.toSorted((a, b) => a - b))
  .chain((at) =>
    fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: at.length, maxLength: at.length })
      .map((values) => ({ at, values })),
  );
const sliding = fc.record({
  ticks: fc.integer({ min: 1, max: 30 }),
  stride: fc.integer({ min: 1, max: 4 }),
  width: fc.integer({ min: 1, max: 12 }),
});

it('each window holds what a look at all of its slots finds', () => {
  fc.assert(
    fc.property(slots, sliding, ({ at, values }, grid) => {
      const windows = Array.from({ length: grid.ticks }, (_, tick) =>
        values.filter((__, index) => {
          const slot = at[index] ?? 0;
          return slot >= tick * grid.stride && slot < tick * grid.stride + grid.width;
        }),
      );
      const or = (window: number[], value: number) => (window.length === 0 ? Number.NaN : value);
      const given = { at, values };
      expect([...slideSum(given, grid)]).toEqual(windows.map((it) => it.reduce((a, b) => a + b, 0)));
      expect([...slideExtreme(given, grid, 'max')]).toEqual(windows.map((it) => or(it, Math.max(...it))));
      expect([...slideExtreme(given, grid, 'min')]).toEqual(windows.map((it) => or(it, Math.min(...it))));
      expect([...slideLast(given, grid)]).toEqual(windows.map((it) => or(it, it.at(-1) ?? 0)));
    }),
    { numRuns: 300 },
  );
});
