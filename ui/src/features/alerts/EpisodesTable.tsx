import type { Episode } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { alertName, alertValue, endText, thresholdText } from '../../lib/alert-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';

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
      cell: (episode) => (
        <AppLink href={paths.episode(search, episode.id)}>
          <strong className="nowrap">{alertName(episode)}</strong>
        </AppLink>
      ),
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
      cell: ({ resolveReason }) => <span className="muted">{endText(resolveReason)}</span>,
    },
  ];
}
