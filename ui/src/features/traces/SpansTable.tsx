import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Notice } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useSort } from '../../lib/use-sort.ts';
import { useUrlState } from '../../lib/url-state.ts';
import type { FoldedTree } from './layout/fold.ts';
import type { SpanSummary } from './span-summaries.ts';
import { summariseSpans } from './span-summaries.ts';

const rowsMax = 500;

/** Spans of one name and service as one row: where the time of the trace went. */
export function SpansTable({ folded }: Readonly<{ folded: FoldedTree }>) {
  const { search } = useUrlState();
  const [sort, setSort] = useSort({ key: 'self', direction: 'desc' });
  const rows = summariseSpans(folded.tree);
  return (
    <>
      {rows.length > rowsMax && (
        <Notice tone="info">
          The {rowsMax} largest of {rows.length} names are shown.
        </Notice>
      )}
      <DataTable
        label="Spans by name"
        columns={columnsOf(search)}
        rows={rows.slice(0, rowsMax)}
        rowKey={({ name, service }) => `${service} ${name}`}
        sort={sort}
        onSort={setSort}
      />
    </>
  );
}

function columnsOf(search: Search): readonly Column<SpanSummary>[] {
  return [
    {
      key: 'name',
      header: 'Span',
      isTitle: true,
      isWide: true,
      sortBy: ({ name }) => name,
      cell: ({ name, traceId, exampleId }) => (
        <AppLink href={paths.trace(search, traceId, { span: exampleId })}>{name}</AppLink>
      ),
    },
    {
      key: 'service',
      header: 'Service',
      sortBy: ({ service }) => service,
      cell: ({ service }) => <ServiceName name={service} />,
    },
    {
      key: 'count',
      header: 'Count',
      isNumber: true,
      sortBy: ({ count }) => count,
      cell: ({ count }) => <Num kind="count" value={count} />,
    },
    {
      key: 'self',
      header: 'Own time',
      hint: 'Time in these spans and in none of their children',
      isNumber: true,
      sortBy: ({ selfMs }) => selfMs,
      cell: ({ selfMs }) => <Num kind="duration" value={selfMs} />,
    },
    {
      key: 'total',
      header: 'Total time',
      isNumber: true,
      sortBy: ({ totalMs }) => totalMs,
      cell: ({ totalMs }) => <Num kind="duration" value={totalMs} />,
    },
    {
      key: 'max',
      header: 'Longest',
      isNumber: true,
      sortBy: ({ maxMs }) => maxMs,
      cell: ({ maxMs }) => <Num kind="duration" value={maxMs} />,
    },
    {
      key: 'errors',
      header: 'Errors',
      isNumber: true,
      sortBy: ({ errors }) => errors,
      cell: ({ errors }) =>
        errors > 0 ? <Tag tone="critical">{errors}</Tag> : <span className="muted">0</span>,
    },
  ];
}
