import { createTraceState } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { isTaken, probabilityOf, thresholdIn, thresholdOf, withThreshold } from './threshold.ts';

it.each([
  [1, '0'],
  [0.5, '8'],
  [0.25, 'c'],
  [0.1, 'e6666666666668'],
  [0, 'ffffef39085f48'],
  [1e-9, 'ffffef39085f48'],
])('writes %d as th:%s', (probability, threshold) => {
  expect(thresholdOf(probability)).toBe(threshold);
});

it.each([1, 0.5, 0.1, 0.037, 0.001, 1e-6])('reads back %d', (probability) => {
  expect(probabilityOf(thresholdOf(probability)) / probability).toBeCloseTo(1, 6);
});

it.each([
  ['the upper half of ids', '0000000000000000008fffffffffffff', undefined, true],
  ['not the lower half', '00000000000000000070000000000000', undefined, false],
  ['the threshold itself', '00000000000000000080000000000000', undefined, true],
  ['by rv rather than by id', '000000000000000000ffffffffffffff', 'ot=rv:00000000000000', false],
  ['by id when rv is broken', '000000000000000000ffffffffffffff', 'ot=rv:00', true],
])('takes at one half %s', (_, traceId, state, taken) => {
  const traceState = state === undefined ? undefined : createTraceState(state);
  expect(isTaken(traceId, traceState, '8')).toBe(taken);
});

it.each([
  [undefined, 'c', 'ot=th:c'],
  ['a=1,ot=rv:0123456789abcd', 'c', 'ot=th:c;rv:0123456789abcd,a=1'],
  ['ot=th:8;rv:0123456789abcd', 'c', 'ot=th:c;rv:0123456789abcd'],
  ['ot=th:8,a=1', undefined, 'a=1'],
])('%s with %s is %s', (before, threshold, after) => {
  const state = withThreshold(before === undefined ? undefined : createTraceState(before), threshold);
  expect(state?.serialize()).toBe(after);
  expect(thresholdIn(state)).toBe(threshold);
});

it('knows no threshold in nonsense', () => {
  expect(thresholdIn(createTraceState('ot=th:XYZ'))).toBeUndefined();
  expect(thresholdIn(createTraceState('ot=p:8'))).toBeUndefined();
});
