import type { ChannelState } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { quantityText } from '../../lib/quantity.ts';
import { channelHealth } from './channel-health.ts';
import { TestButton } from './TestButton.tsx';

const columns: readonly Column<ChannelState>[] = [
  {
    key: 'name',
    header: 'Channel',
    isTitle: true,
    cell: ({ name }) => <strong className="nowrap">{name}</strong>,
  },
  { key: 'kind', header: 'Kind', cell: ({ kind }) => kind },
  {
    key: 'health',
    header: 'Health',
    cell: (channel) => {
      const { tone, text, hint } = channelHealth(channel);
      return (
        <Tag tone={tone} title={hint}>
          {text}
        </Tag>
      );
    },
  },
  {
    key: 'pending',
    header: 'Waiting',
    isNumber: true,
    cell: ({ pending, oldestPendingAt }) => (
      <span className="num">
        {quantityText('count', pending)}
        {oldestPendingAt !== null && (
          <span className="muted">
            {' '}
            since <When atMs={oldestPendingAt} />
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'dead',
    header: 'Given up',
    isNumber: true,
    hint: 'Messages that will not be sent again',
    cell: ({ dead }) => <span className="num">{quantityText('count', dead)}</span>,
  },
  {
    key: 'last',
    header: 'Last delivered',
    cell: ({ lastDeliveredAt }) =>
      lastDeliveredAt === null ? <span className="muted">–</span> : <When atMs={lastDeliveredAt} />,
  },
  {
    key: 'error',
    header: 'Last failure',
    isWide: true,
    cell: ({ lastError }) =>
      lastError === null ? (
        <span className="muted">none</span>
      ) : (
        <span title={lastError.reason}>
          {lastError.reason}{' '}
          <span className="muted">
            (<When atMs={lastError.at} />)
          </span>
        </span>
      ),
  },
  { key: 'test', header: 'Test', isWhole: true, cell: ({ name }) => <TestButton name={name} /> },
];

export function ChannelsTable({ channels }: Readonly<{ channels: readonly ChannelState[] }>) {
  return <DataTable label="Channels" columns={columns} rows={channels} rowKey={({ name }) => name} />;
}
