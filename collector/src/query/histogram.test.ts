import { expect, it } from 'vitest';
import { histogramQuantile } from './histogram.ts';

it.each([
  ['inside a bucket', [{ bounds: [1, 2, 4], counts: [0, 10, 0, 0] }], 0.5, 1.5],
  ['in the first bucket, from zero', [{ bounds: [10], counts: [4, 0] }], 0.25, 2.5],
  ['above the last bound', [{ bounds: [1, 2], counts: [0, 0, 3] }], 0.9, 2],
  [
    'over two',
    [
      { bounds: [1, 2], counts: [5, 0, 0] },
      { bounds: [1, 2], counts: [0, 5, 0] },
    ],
    1,
    2,
  ],
  [
    'over different bounds',
    [
      { bounds: [1], counts: [1, 0] },
      { bounds: [8], counts: [1, 0] },
    ],
    1,
    8,
  ],
  ['of nothing', [{ bounds: [1], counts: [0, 0] }], 0.5, null],
  ['without bounds', [{ bounds: [], counts: [3] }], 0.5, null],
  ['of no histogram', [], 0.5, null],
])('quantile %s', (_name, histograms, quantile, expected) => {
  expect(histogramQuantile(histograms, quantile)).toBe(expected);
});
