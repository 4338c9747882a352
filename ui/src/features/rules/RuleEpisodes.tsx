import type { Episode } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Empty } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import { alertValue, endText } from '../../lib/alert-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { groupText } from '../../lib/preview-chart.ts';

/** What the rule did in the range, as people were told of it. */
export function RuleEpisodes({
  episodes,
  search,
}: Readonly<{ episodes: readonly Episode[]; search: Search }>) {
  if (episodes.length === 0) return <Empty>The rule did not fire in this range.</Empty>;
  return <DataTable label="Episodes" columns={columnsOf(search)} rows={episodes} rowKey={({ id }) => id} />;
}

function columnsOf(search: Search): readonly Column<Episode>[] {
  return [
    {
      key: 'fired',
      header: 'Fired',
      isTitle: true,
      cell: ({ id, firedAt }) => (
        <AppLink href={paths.episode(search, id)} className="num nowrap">
          {absoluteTime(firedAt)}
        </AppLink>
      ),
    },
    { key: 'group', header: 'Group', isWide: true, cell: ({ labels }) => groupText(labels) },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => severity },
    {
      key: 'value',
      header: 'Value',
      isNumber: true,
      cell: ({ value, unit }) => <span className="num">{alertValue(value, unit)}</span>,
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
