import { parseSort, sortText } from './sort.ts';
import type { Sort } from './sort.ts';
import { useUrlState } from './url-state.ts';

/** The sort of a table, in the URL. A page with two sortable tables gives each a key. */
export function useSort(fallback: Sort, key = 'sort'): readonly [Sort, (sort: Sort) => void] {
  const { search, set } = useUrlState();
  const change = (sort: Sort) =>
    set({ [key]: sortText(sort) === sortText(fallback) ? undefined : sortText(sort) }, 'replace');
  return [parseSort(search[key], fallback), change];
}
