import { expect, it } from 'vitest';
import { sparklinePath } from './sparkline.ts';

const size = { width: 40, height: 13 };

it('draws from a zero baseline to the peak', () => {
  expect(sparklinePath([0, 5, 10], size).line).toBe('M0 12L20 7L40 2');
});

it('leaves gaps as gaps, and a lone value as a dot', () => {
  const path = sparklinePath([1, 1, null, 1, null], size);
  expect(path.line).toBe('M0 2L10 2');
  expect(path.dots).toEqual([[30, 2]]);
});

it('survives nothing and all zero', () => {
  expect(sparklinePath([], size).line).toBe('');
  expect(sparklinePath([0, 0], size).line).toBe('M0 12L40 12');
});
