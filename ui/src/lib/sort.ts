export type Sort = Readonly<{ key: string; direction: 'asc' | 'desc' }>;

/** `p95` and `-p95` in the URL: the dash means descending. */
export function parseSort(text: string | undefined, fallback: Sort): Sort {
  if (text === undefined || text === '' || text === '-') return fallback;
  return text.startsWith('-') ? { key: text.slice(1), direction: 'desc' } : { key: text, direction: 'asc' };
}

export function sortText({ key, direction }: Sort): string {
  return direction === 'desc' ? `-${key}` : key;
}

type SortValue = number | string | null;

/** Stable, in a new array; null goes last whatever the direction. */
export function sortRows<Row>(
  rows: readonly Row[],
  by: (row: Row) => SortValue,
  direction: 'asc' | 'desc',
): Row[] {
  const sign = direction === 'asc' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: by(row) }))
    .sort((left, right) => {
      if (left.value === null) return right.value === null ? 0 : 1;
      if (right.value === null) return -1;
      return sign * compare(left.value, right.value);
    })
    .map(({ row }) => row);
}

function compare(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true });
}
