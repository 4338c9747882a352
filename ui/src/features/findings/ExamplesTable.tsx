import type { FindingDetail } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Empty } from '../../components/States.tsx';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';

type Example = FindingDetail['examples'][number];

export function ExamplesTable({
  examples,
  search,
}: Readonly<{ examples: readonly Example[]; search: Search }>) {
  if (examples.length === 0) return <Empty>No example in this range.</Empty>;
  return (
    <DataTable
      label="Example traces"
      columns={columnsOf(search)}
      rows={examples}
      rowKey={({ traceId, scopeSpanId }) => `${traceId} ${scopeSpanId}`}
    />
  );
}

function columnsOf(search: Search): readonly Column<Example>[] {
  return [
    {
      key: 'start',
      header: 'Start',
      isTitle: true,
      cell: ({ traceId, scopeSpanId, startMs }) => (
        <AppLink href={paths.trace(search, traceId, { span: scopeSpanId })} className="num nowrap">
          {absoluteTime(startMs, 'ms')}
        </AppLink>
      ),
    },
    { key: 'operation', header: 'Operation', isWide: true, cell: ({ operation }) => operation },
    { key: 'release', header: 'Release', cell: ({ release }) => release },
    {
      key: 'count',
      header: 'Calls',
      isNumber: true,
      cell: ({ count }) => <Num kind="count" value={count} />,
    },
    {
      key: 'saved',
      header: 'Would save',
      isNumber: true,
      cell: ({ savedMs }) => <Num kind="duration" value={savedMs} />,
    },
  ];
}
