import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Sort } from '../lib/sort.ts';
import { sortRows } from '../lib/sort.ts';
import styles from './DataTable.module.css';

export type Column<Row> = Readonly<{
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  isNumber?: boolean;
  /** Present: the column can be sorted by. Nulls go last either way. */
  sortBy?: (row: Row) => number | string | null;
  /** Takes the room that is left, and cuts what does not fit. */
  isWide?: boolean;
  /** Stands on a line of its own at the top of the card on a phone. */
  isTitle?: boolean;
  /** Never cut: buttons. */
  isWhole?: boolean;
  /** Left out on a phone. */
  isExtra?: boolean;
  /** Explains the header. */
  hint?: string;
}>;

type Props<Row> = Readonly<{
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Absent: the rows stay in the order they came in. */
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
}>;

/** Dense rows on a desk, cards on a phone; the same table either way. Roles are spelled out: cards undo the native ones. */
export function DataTable<Row>({ label, columns, rows, rowKey, sort, onSort }: Props<Row>) {
  const by = columns.find(({ key }) => key === sort?.key)?.sortBy;
  const sorted = by === undefined || sort === undefined ? rows : sortRows(rows, by, sort.direction);
  return (
    <div className={styles['frame']}>
      <table className={styles['table']} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {sorted.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td key={column.key} role="cell" className={cellClass(column)} data-label={column.header}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type HeaderProps<Row> = Readonly<{
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}>;

function HeaderCell<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const isSorted = sort?.key === column.key;
  const descends = isSorted && sort.direction === 'desc';
  const canSort = column.sortBy !== undefined && onSort !== undefined;
  const order = isSorted ? (descends ? 'descending' : 'ascending') : undefined;
  return (
    <th role="columnheader" scope="col" className={cellClass(column)} aria-sort={order} title={column.hint}>
      {canSort ? (
        <button
          type="button"
          className={styles['sort']}
          onClick={() => onSort({ key: column.key, direction: isSorted && descends ? 'asc' : 'desc' })}
        >
          {column.header}
          {isSorted &&
            (descends ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  const names = [
    column.isNumber === true && styles['number'],
    column.isWide === true && styles['wide'],
    column.isTitle === true && styles['title'],
    column.isWhole === true && styles['whole'],
    column.isExtra === true && styles['extra'],
  ];
  return names.filter((name) => typeof name === 'string').join(' ');
}
