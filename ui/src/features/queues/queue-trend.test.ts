import { expect, it } from 'vitest';
import { queueTrend } from './queue-trend.ts';

it.each([
  [0.5, 100, 'falls behind by 30 a minute'],
  [-0.5, 100, 'catches up by 30 a minute'],
  [0, 7, 'keeps up'],
  [0.001, 0, 'empty'],
  [null, 7, 'depth unknown'],
  [0.5, null, 'depth unknown'],
])('says of growth %d and depth %d: %s', (growthPerSecond, depth, text) => {
  expect(queueTrend({ growthPerSecond, depth }).text).toBe(text);
});
