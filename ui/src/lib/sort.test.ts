import { expect, it } from 'vitest';
import { parseSort, sortRows, sortText } from './sort.ts';

const rows = [{ at: 2 }, { at: null }, { at: 10 }, { at: 1 }];

it('sorts both ways with null last', () => {
  expect(sortRows(rows, ({ at }) => at, 'asc').map(({ at }) => at)).toEqual([1, 2, 10, null]);
  expect(sortRows(rows, ({ at }) => at, 'desc').map(({ at }) => at)).toEqual([10, 2, 1, null]);
});

it('takes a sort through the URL', () => {
  const fallback = { key: 'name', direction: 'asc' } as const;
  expect(parseSort('-p95', fallback)).toEqual({ key: 'p95', direction: 'desc' });
  expect(parseSort(undefined, fallback)).toEqual(fallback);
  expect(parseSort('-', fallback)).toEqual(fallback);
  expect(sortText(parseSort('-p95', fallback))).toBe('-p95');
});
