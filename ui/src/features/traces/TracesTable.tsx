import type { TraceRow } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Tag } from '../../components/Tag.tsx';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import styles from './TracesTable.module.css';

type Props = Readonly<{ traces: readonly TraceRow[]; search: Search }>;

/** In the order of the search: a page of results is not sorted again by itself. */
export function TracesTable({ traces, search }: Props) {
  const slowestMs = traces.reduce((most, { durationMs }) => Math.max(most, durationMs), 0);
  return (
    <DataTable
      label="Requests"
      columns={columnsOf(search, slowestMs)}
      rows={traces}
      rowKey={({ traceId, spanId }) => `${traceId} ${spanId}`}
    />
  );
}

function columnsOf(search: Search, slowestMs: number): readonly Column<TraceRow>[] {
  return [
    {
      key: 'operation',
      header: 'Operation',
      isTitle: true,
      isWide: true,
      cell: ({ traceId, spanId, operation }) => (
        <AppLink href={paths.trace(search, traceId, { span: spanId })}>
          {operation === '' ? '(no name)' : operation}
        </AppLink>
      ),
    },
    { key: 'service', header: 'Service', cell: ({ service }) => <ServiceName name={service} /> },
    {
      key: 'start',
      header: 'Start',
      cell: ({ startMs }) => (
        <span className="num" title={absoluteTime(startMs, 'ms')}>
          {absoluteTime(startMs, 'ms').slice(5)}
        </span>
      ),
    },
    {
      key: 'duration',
      header: 'Duration',
      isNumber: true,
      cell: ({ durationMs }) => (
        <span className={styles['duration']}>
          <span
            className={styles['bar']}
            style={{ width: `${(durationMs / Math.max(slowestMs, 1e-9)) * 56}px` }}
          />
          <Num kind="duration" value={durationMs} />
        </span>
      ),
    },
    {
      key: 'queries',
      header: 'Queries',
      isNumber: true,
      cell: ({ queryCount }) => <Num kind="count" value={queryCount} />,
    },
    { key: 'status', header: 'Status', cell: (row) => <Status row={row} /> },
    {
      key: 'findings',
      header: 'Findings',
      cell: ({ findings }) =>
        findings > 0 && <Tag tone="warning">{findings === 1 ? '1 finding' : `${findings} findings`}</Tag>,
    },
    {
      key: 'release',
      header: 'Release',
      isExtra: true,
      cell: ({ release }) => <span className={styles['release']}>{release}</span>,
    },
  ];
}

function Status({ row }: Readonly<{ row: TraceRow }>) {
  const text = row.httpStatus === null ? (row.isError ? 'failed' : 'ok') : String(row.httpStatus);
  return row.isError ? <Tag tone="critical">{text}</Tag> : <span className="muted num">{text}</span>;
}
