import type { StandingAlert } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { StateTag, VerdictTag } from '../../components/StateTag.tsx';
import { Empty } from '../../components/States.tsx';
import { When } from '../../components/When.tsx';
import { alertValue, thresholdText } from '../../lib/alert-words.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useSort } from '../../lib/use-sort.ts';

type Props = Readonly<{ alerts: readonly StandingAlert[]; search: Search }>;

/** How each group and condition of a rule stands. */
export function GroupsTable({ alerts, search }: Props) {
  const [sort, onSort] = useSort({ key: 'state', direction: 'desc' }, 'groups');
  if (alerts.length === 0)
    return <Empty>The rule has not seen a group yet. It looks again at its next tick.</Empty>;
  return (
    <DataTable
      label="Groups"
      columns={columnsOf(search)}
      rows={alerts}
      rowKey={({ id }) => id}
      sort={sort}
      onSort={onSort}
    />
  );
}

const rank: Readonly<Record<StandingAlert['state'], number>> = {
  firing: 3,
  recovering: 2,
  pending: 1,
  inactive: 0,
};

function columnsOf(search: Search): readonly Column<StandingAlert>[] {
  return [
    {
      key: 'state',
      header: 'State',
      sortBy: ({ state }) => rank[state],
      cell: ({ state, episodeId }) =>
        episodeId === null ? (
          <StateTag state={state} />
        ) : (
          <AppLink href={paths.episode(search, episodeId)} title="The episode">
            <StateTag state={state} />
          </AppLink>
        ),
    },
    {
      key: 'group',
      header: 'Group',
      isTitle: true,
      cell: ({ labels }) => <GroupLinks labels={labels} search={search} />,
    },
    {
      key: 'severity',
      header: 'Severity',
      cell: ({ severity, kind }) => (kind === 'condition' ? severity : kind.replaceAll('_', ' ')),
    },
    {
      key: 'value',
      header: 'Value',
      isNumber: true,
      sortBy: ({ value }) => value,
      cell: (alert) => (
        <span className="num">
          {alertValue(alert.value, alert.unit)} <span className="muted">{thresholdText(alert)}</span>
        </span>
      ),
    },
    {
      key: 'samples',
      header: 'Samples',
      isNumber: true,
      isExtra: true,
      sortBy: ({ samples }) => samples,
      cell: ({ samples }) => <span className="num">{samples ?? '–'}</span>,
    },
    {
      key: 'verdict',
      header: 'Verdict',
      cell: ({ lastVerdict }) => <VerdictTag verdict={lastVerdict} />,
    },
    {
      key: 'reason',
      header: 'Why',
      isWide: true,
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
    {
      key: 'at',
      header: 'Looked at',
      isExtra: true,
      sortBy: ({ evaluatedAt }) => evaluatedAt,
      cell: ({ evaluatedAt }) => <When atMs={evaluatedAt} />,
    },
  ];
}
