import type { Episode } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { alertValue, thresholdText } from './alert-words.ts';
import { GroupLinks } from './GroupLinks.tsx';

export function EpisodesTable({
  episodes,
  search,
}: Readonly<{ episodes: readonly Episode[]; search: Search }>) {
  return <DataTable label="Episodes" columns={columnsOf(search)} rows={episodes} rowKey={({ id }) => id} />;
}

function columnsOf(search: Search): readonly Column<Episode>[] {
  return [
    {
      key: 'fired',
      header: 'Fired',
      cell: ({ firedAt }) => <span className="num nowrap">{absoluteTime(firedAt)}</span>,
    },
    {
      key: 'rule',
      header: 'Rule',
      isTitle: true,
      cell: ({ ruleName }) => <strong className="nowrap">{ruleName}</strong>,
    },
    { key: 'group', header: 'Group', cell: ({ labels }) => <GroupLinks labels={labels} search={search} /> },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => severity },
    {
      key: 'value',
      header: 'Value when it fired',
      isNumber: true,
      cell: ({ value, unit }) => <span className="num">{alertValue(value, unit)}</span>,
    },
    {
      key: 'threshold',
      header: 'Threshold',
      isNumber: true,
      cell: (episode) => <span className="num muted">{thresholdText(episode)}</span>,
    },
    {
      key: 'length',
      header: 'Lasted',
      isNumber: true,
      cell: ({ firedAt, resolvedAt }) =>
        resolvedAt === null ? (
          <Tag tone="critical">firing</Tag>
        ) : (
          <Num kind="duration" value={resolvedAt - firedAt} />
        ),
    },
    {
      key: 'end',
      header: 'Ended by',
      cell: ({ resolveReason }) => <span className="muted">{resolveReason?.replaceAll('_', ' ') ?? ''}</span>,
    },
  ];
}
