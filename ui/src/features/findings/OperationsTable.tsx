import type { FindingDetail } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';

type Props = Readonly<{ operations: FindingDetail['operations']; service: string; search: Search }>;

export function OperationsTable({ operations, service, search }: Props) {
  return (
    <DataTable
      label="Operations"
      rows={operations}
      rowKey={({ operation }) => operation}
      columns={columnsOf(service, search)}
    />
  );
}

type Row = FindingDetail['operations'][number];

function columnsOf(service: string, search: Search): readonly Column<Row>[] {
  return [
    {
      key: 'operation',
      header: 'Operation',
      isTitle: true,
      isWide: true,
      cell: ({ operation }) => (
        <AppLink href={paths.service(search, service, { operation })}>{operation}</AppLink>
      ),
    },
    {
      key: 'requests',
      header: 'Requests',
      isNumber: true,
      cell: ({ occurrences }) => <Num kind="count" value={occurrences} />,
    },
    {
      key: 'lost',
      header: 'Lost',
      hint: 'In the whole range',
      isNumber: true,
      cell: ({ savedMs }) => <Num kind="duration" value={savedMs} />,
    },
  ];
}
