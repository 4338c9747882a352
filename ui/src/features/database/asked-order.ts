import type { Sort } from '../../lib/sort.ts';

const orders = ['total', 'calls', 'mean', 'p95', 'errors'] as const;

/** By what the collector should cut the list, for a column that the table is sorted by. */
export function askedOrder({ key }: Sort): (typeof orders)[number] {
  if (key === 'rate') return 'calls';
  return orders.find((order) => order === key) ?? 'total';
}
