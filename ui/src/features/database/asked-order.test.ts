import { expect, it } from 'vitest';
import { askedOrder } from './asked-order.ts';

it.each([
  ['p95', 'p95'],
  ['rate', 'calls'],
  ['service', 'total'],
  ['anything', 'total'],
] as const)('asks for a table sorted by %s in order of %s', (key, order) => {
  expect(askedOrder({ key, direction: 'desc' })).toBe(order);
});
