import { expect, it } from 'vitest';
import { durationMs, parseFilter } from './trace-filter.ts';

it.each([
  ['250', 250],
  ['250ms', 250],
  ['1.5 s', 1_500],
  ['2min', 120_000],
  ['40us', 0.04],
  ['fast', undefined],
  ['-1', undefined],
  [undefined, undefined],
])('reads the duration %s as %s ms', (text, expected) => {
  expect(durationMs(text)).toBe(expected);
});

it('reads the form from the URL and leaves out what makes no sense', () => {
  expect(
    parseFilter({
      service: 'shop',
      min: '1s',
      status: 'error',
      finding: 'yes',
      queries: '20',
      sort: 'slowest',
    }),
  ).toEqual({
    sort: 'slowest',
    service: 'shop',
    minDurationMs: 1_000,
    status: 'error',
    hasFinding: 'true',
    minQueries: 20,
  });
  expect(parseFilter({ min: 'x', status: 'maybe', queries: '1.5', sort: 'odd' })).toEqual({ sort: 'newest' });
});
