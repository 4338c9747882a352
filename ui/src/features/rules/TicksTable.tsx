import type { PreviewTick } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { StateTag, VerdictTag } from '../../components/StateTag.tsx';
import { Empty } from '../../components/States.tsx';
import { alertValue } from '../../lib/alert-words.ts';
import { absoluteTime } from '../../lib/moment.ts';

/** Every tick of one group and each condition, the latest first. */
export function TicksTable({ ticks, unit }: Readonly<{ ticks: readonly PreviewTick[]; unit: string }>) {
  if (ticks.length === 0) return <Empty>The rule did not look at this group in the range.</Empty>;
  return (
    <DataTable
      label="Ticks"
      columns={columnsOf(unit)}
      rows={ticks.toReversed()}
      rowKey={({ at, severity }) => `${at} ${severity}`}
    />
  );
}

function columnsOf(unit: string): readonly Column<PreviewTick>[] {
  return [
    {
      key: 'at',
      header: 'Tick',
      isTitle: true,
      cell: ({ at }) => <span className="num nowrap">{absoluteTime(at)}</span>,
    },
    { key: 'severity', header: 'Condition', cell: ({ severity }) => severity },
    {
      key: 'value',
      header: 'Value',
      isNumber: true,
      cell: ({ value }) => <span className="num">{alertValue(value, unit)}</span>,
    },
    {
      key: 'samples',
      header: 'Samples',
      isNumber: true,
      cell: ({ samples }) => <span className="num">{samples ?? '–'}</span>,
    },
    { key: 'verdict', header: 'Verdict', cell: ({ verdict }) => <VerdictTag verdict={verdict} /> },
    { key: 'state', header: 'State', cell: ({ state }) => <StateTag state={state} /> },
    {
      key: 'reason',
      header: 'Why',
      isWide: true,
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ];
}
