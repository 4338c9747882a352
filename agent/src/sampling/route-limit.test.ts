import { expect, it } from 'vitest';
import { createRouteLimit } from './route-limit.ts';

function minuteOf(arrivals: number, limit: (route: string) => number, route = 'GET /'): number {
  let expected = 0;
  for (let index = 0; index < arrivals; index++) expected += limit(route);
  return expected;
}

it('takes everything of a route within its limit', () => {
  const limit = createRouteLimit({ requestsPerMinute: 10, nowMs: () => 0 });
  expect(minuteOf(10, limit)).toBe(10);
});

it('comes down to the limit at a steady rate, and recovers', () => {
  let nowMs = 0;
  const limit = createRouteLimit({ requestsPerMinute: 10, nowMs: () => nowMs });
  expect(minuteOf(1_000, limit)).toBeLessThan(10 * (1 + Math.log(100)));
  nowMs += 60_000;
  expect(minuteOf(1_000, limit)).toBeCloseTo(10, 6);
  nowMs += 180_000;
  expect(limit('GET /')).toBe(1);
});

it('keeps routes apart, a thousand of them', () => {
  const limit = createRouteLimit({ requestsPerMinute: 1, nowMs: () => 0 });
  for (let index = 0; index < 1_000; index++) expect(limit(`GET /${index}`)).toBe(1);
  expect(limit('GET /one-more')).toBe(1);
  expect(limit('GET /and-another')).toBe(0.5);
});
