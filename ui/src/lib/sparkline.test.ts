import { expect, it } from 'vitest';
import { dotRadius, sparklinePath } from './sparkline.ts';

const size = { width: 43.6, height: 13 };

it('draws from a zero baseline to the peak', () => {
  expect(sparklinePath([0, 5, 10], size).line).toBe('M1.8 12L21.8 7L41.8 2');
});

it('leaves gaps as gaps, and a lone value as a dot', () => {
  const path = sparklinePath([1, 1, null, 1, null], size);
  expect(path.line).toBe('M1.8 2L11.8 2');
  expect(path.dots).toEqual([[31.8, 2]]);
});

it('keeps a lone value at the end, or all alone, whole inside the frame', () => {
  const rows = [[null, null, 4], [4, null, 0], [4]];
  for (const [x, y] of rows.flatMap((row) => sparklinePath(row, size).dots)) {
    expect(x).toBeGreaterThanOrEqual(dotRadius);
    expect(x).toBeLessThanOrEqual(size.width - dotRadius);
    expect(y).toBeGreaterThanOrEqual(dotRadius);
    expect(y).toBeLessThanOrEqual(size.height - dotRadius);
  }
  expect(rows.flatMap((row) => sparklinePath(row, size).dots)).toHaveLength(4);
});

it('survives nothing and all zero', () => {
  expect(sparklinePath([], size).line).toBe('');
  expect(sparklinePath([0, 0], size).line).toBe('M1.8 12L41.8 12');
});
