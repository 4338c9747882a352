import type { Statement } from '@nightjar/collector/contract';
import { useState } from 'react';
import { categoryOf, categoryColor } from '../lib/palette.ts';
import type { Sort } from '../lib/sort.ts';
import { DataTable } from './DataTable.tsx';
import type { Column } from './DataTable.tsx';
import { Num } from './Num.tsx';
import { ServiceName } from './ServiceName.tsx';
import { SqlBlock, SqlLine } from './Sql.tsx';
import { When } from './When.tsx';
import styles from './StatementsTable.module.css';

type Props = Readonly<{
  statements: readonly Statement[];
  withService?: boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
}>;

export const statementsSort: Sort = { key: 'total', direction: 'desc' };

const keyOf = ({ service, fingerprint, dbNamespace }: Statement) =>
  `${service} ${fingerprint} ${dbNamespace}`;

export function StatementsTable({ statements, withService = true, sort, onSort }: Props) {
  const [openKey, setOpenKey] = useState<string>();
  const toggle = (key: string) => setOpenKey(key === openKey ? undefined : key);
  const columns = columnsOf(openKey, toggle).filter(({ key }) => withService || key !== 'service');
  return (
    <DataTable
      label="Statements"
      columns={columns}
      rows={statements}
      rowKey={keyOf}
      sort={sort}
      onSort={onSort}
    />
  );
}

function columnsOf(openKey: string | undefined, toggle: (key: string) => void): readonly Column<Statement>[] {
  return [
    {
      key: 'statement',
      header: 'Statement',
      isWide: true,
      isTitle: true,
      cell: (row) => {
        const isOpen = openKey === keyOf(row);
        return (
          <>
            <button
              type="button"
              className={styles['toggle']}
              aria-expanded={isOpen}
              onClick={() => toggle(keyOf(row))}
            >
              <SqlLine text={row.statement} />
            </button>
            {isOpen && (
              <div className={styles['whole']}>
                <SqlBlock text={row.statement} system={row.dbSystem} />
              </div>
            )}
          </>
        );
      },
    },
    {
      key: 'service',
      header: 'Service',
      sortBy: ({ service }) => service,
      cell: ({ service }) => <ServiceName name={service} />,
    },
    {
      key: 'system',
      header: 'Database',
      sortBy: ({ dbSystem }) => dbSystem,
      cell: ({ dbSystem, dbNamespace }) => (
        <span className="nowrap" title={dbNamespace}>
          {dbSystem}
        </span>
      ),
    },
    {
      key: 'share',
      header: 'Share',
      hint: 'Of all statement time in this range',
      cell: (row) => <ShareBar row={row} />,
    },
    ...numberColumns,
    {
      key: 'seen',
      header: 'Last seen',
      isNumber: true,
      isExtra: true,
      sortBy: ({ lastSeenMs }) => lastSeenMs,
      cell: ({ lastSeenMs }) => <When atMs={lastSeenMs} />,
    },
  ];
}

const numberColumns: readonly Column<Statement>[] = [
  {
    key: 'total',
    header: 'Total time',
    isNumber: true,
    sortBy: ({ totalMs }) => totalMs,
    cell: ({ totalMs }) => <Num kind="duration" value={totalMs} />,
  },
  {
    key: 'calls',
    header: 'Calls',
    isNumber: true,
    sortBy: ({ calls }) => calls,
    cell: ({ calls }) => <Num kind="count" value={calls} />,
  },
  {
    key: 'rate',
    header: 'Rate',
    isNumber: true,
    isExtra: true,
    sortBy: ({ callsPerSecond }) => callsPerSecond,
    cell: ({ callsPerSecond }) => <Num kind="rate" value={callsPerSecond} />,
  },
  {
    key: 'mean',
    header: 'Mean',
    isNumber: true,
    sortBy: ({ meanMs }) => meanMs,
    cell: ({ meanMs }) => <Num kind="duration" value={meanMs} />,
  },
  {
    key: 'p95',
    header: 'p95',
    isNumber: true,
    sortBy: ({ p95Ms }) => p95Ms,
    cell: ({ p95Ms }) => <Num kind="duration" value={p95Ms} />,
  },
  {
    key: 'errors',
    header: 'Errors',
    isNumber: true,
    sortBy: ({ errors }) => errors,
    cell: ({ errors }) => (
      <span className={errors > 0 ? styles['errors'] : 'muted'}>
        <Num kind="count" value={errors} />
      </span>
    ),
  },
];

function ShareBar({ row }: Readonly<{ row: Statement }>) {
  const color = categoryColor(categoryOf({ 'db.system.name': row.dbSystem }, 'client'));
  return (
    <span className={styles['share']}>
      <span className={styles['track']} aria-hidden>
        <span style={{ width: `${Math.min(100, row.share * 100)}%`, background: color }} />
      </span>
      <Num kind="share" value={row.share} />
    </span>
  );
}
