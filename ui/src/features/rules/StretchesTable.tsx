import type { RulePreview } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { StateTag, VerdictTag } from '../../components/StateTag.tsx';
import { Notice } from '../../components/States.tsx';
import { absoluteTime, clockTime } from '../../lib/moment.ts';

type Series = RulePreview['series'][number];
type Stretch = Series['stretches'][number];

const stretchesShownMax = 100;

const columns: readonly Column<Stretch>[] = [
  {
    key: 'from',
    header: 'From',
    isTitle: true,
    isWhole: true,
    cell: ({ from, to }) => (
      <span className="num nowrap">
        {absoluteTime(from)} – {clockTime(to)}
      </span>
    ),
  },
  {
    key: 'ticks',
    header: 'Ticks',
    isNumber: true,
    cell: ({ ticks }) => <span className="num">{ticks}</span>,
  },
  { key: 'verdict', header: 'Verdict', cell: ({ verdict }) => <VerdictTag verdict={verdict} /> },
  { key: 'state', header: 'State', cell: ({ state }) => <StateTag state={state} /> },
  {
    key: 'reason',
    header: 'Why, at the first of them',
    isWide: true,
    cell: ({ reason }) => <span title={reason}>{reason}</span>,
  },
];

/** Ticks in a row with one verdict and one state, the latest first. */
export function StretchesTable({ series }: Readonly<{ series: Series }>) {
  const shown = series.stretches.toReversed().slice(0, stretchesShownMax);
  const isCut = series.hasMoreStretches || series.stretches.length > shown.length;
  return (
    <>
      {isCut && <Notice tone="info">Not all are listed: choose a shorter range.</Notice>}
      <DataTable
        label="Verdicts"
        columns={columns}
        rows={shown}
        rowKey={({ from, verdict, state }) => `${from} ${verdict} ${state}`}
      />
    </>
  );
}
