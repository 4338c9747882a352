import { expect, it } from 'vitest';
import { categoryOf, serviceColor } from './palette.ts';

it('gives a service one colour for ever', () => {
  expect(serviceColor('shop')).toBe(serviceColor('shop'));
  expect(serviceColor('')).toMatch(/^var\(--series-[0-7]\)$/);
});

it('spreads names over all eight colours', () => {
  const used = new Set(Array.from({ length: 64 }, (_, index) => serviceColor(`service-${index}`)));
  expect(used.size).toBe(8);
});

it.each([
  [{ 'db.system.name': 'postgresql' }, 'client', 'database'],
  [{ 'db.system': 'redis' }, 'client', 'cache'],
  [{ 'http.request.method': 'GET' }, 'client', 'http'],
  [{ 'http.request.method': 'GET' }, 'server', 'app'],
  [{}, 'consumer', 'queue'],
  [{}, 'internal', 'app'],
] as const)('files %j of kind %s under %s', (attributes, kind, category) => {
  expect(categoryOf(attributes, kind)).toBe(category);
});
