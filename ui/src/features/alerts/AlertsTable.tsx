import type { StandingAlert } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { StateTag } from '../../components/StateTag.tsx';
import { When } from '../../components/When.tsx';
import { alertName, alertValue, thresholdText } from '../../lib/alert-words.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { AlertActions } from './AlertActions.tsx';
import { Holds } from './Holds.tsx';

/** As they came: firing first. */
export function AlertsTable({
  alerts,
  search,
}: Readonly<{ alerts: readonly StandingAlert[]; search: Search }>) {
  return <DataTable label="Alerts" columns={columnsOf(search)} rows={alerts} rowKey={({ id }) => id} />;
}

function columnsOf(search: Search): readonly Column<StandingAlert>[] {
  return [
    {
      key: 'state',
      header: 'State',
      cell: ({ state }) => <StateTag state={state} />,
    },
    {
      key: 'rule',
      header: 'Rule',
      isTitle: true,
      cell: (alert) => (
        <AppLink
          href={
            alert.episodeId === null
              ? paths.rule(search, alert.ruleUid)
              : paths.episode(search, alert.episodeId)
          }
          title={alert.episodeId === null ? 'The rule' : 'What happened, and who was told'}
        >
          <strong>{alertName(alert)}</strong>
        </AppLink>
      ),
    },
    { key: 'group', header: 'Group', cell: ({ labels }) => <GroupLinks labels={labels} search={search} /> },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => severity },
    {
      key: 'value',
      header: 'Value',
      isNumber: true,
      cell: (alert) => (
        <span className="num">
          {alertValue(alert.value, alert.unit)} <span className="muted">{thresholdText(alert)}</span>
        </span>
      ),
    },
    {
      key: 'since',
      header: 'Since',
      cell: ({ firedAt, activeAt, evaluatedAt }) => <When atMs={firedAt ?? activeAt ?? evaluatedAt} />,
    },
    {
      key: 'reason',
      header: 'Reason',
      isWide: true,
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
    {
      key: 'do',
      header: 'Actions',
      isWhole: true,
      cell: (alert) => (
        <span className="row">
          <AlertActions alert={alert} search={search} isCompact />
          <Holds alert={alert} search={search} />
        </span>
      ),
    },
  ];
}
