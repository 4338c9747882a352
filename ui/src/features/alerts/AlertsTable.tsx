import type { Alert } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import type { Tone } from '../../components/Tag.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import type { Search } from '../../lib/paths.ts';
import { alertValue, thresholdText } from './alert-words.ts';
import { GroupLinks } from './GroupLinks.tsx';

/** As they came: firing first. */
export function AlertsTable({ alerts, search }: Readonly<{ alerts: readonly Alert[]; search: Search }>) {
  return <DataTable label="Alerts" columns={columnsOf(search)} rows={alerts} rowKey={({ id }) => id} />;
}

const stateTones: Readonly<Record<Alert['state'], Tone>> = {
  firing: 'critical',
  recovering: 'info',
  pending: 'warning',
  inactive: 'muted',
};

function columnsOf(search: Search): readonly Column<Alert>[] {
  return [
    { key: 'state', header: 'State', cell: ({ state }) => <Tag tone={stateTones[state]}>{state}</Tag> },
    {
      key: 'rule',
      header: 'Rule',
      isTitle: true,
      cell: ({ ruleName, kind }) => (
        <strong className="nowrap">
          {kind === 'condition' ? ruleName : `${ruleName}: ${kind.replaceAll('_', ' ')}`}
        </strong>
      ),
    },
    { key: 'group', header: 'Group', cell: ({ labels }) => <GroupLinks labels={labels} search={search} /> },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => severity },
    {
      key: 'value',
      header: 'Value',
      isNumber: true,
      cell: ({ value, unit }) => <span className="num">{alertValue(value, unit)}</span>,
    },
    {
      key: 'threshold',
      header: 'Threshold',
      isNumber: true,
      cell: (alert) => <span className="num muted">{thresholdText(alert)}</span>,
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
  ];
}
