import type { Delivery } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Empty } from '../../components/States.tsx';
import type { Tone } from '../../components/Tag.tsx';
import { Tag } from '../../components/Tag.tsx';
import { absoluteTime } from '../../lib/moment.ts';

const tones: Readonly<Record<Delivery['status'], Tone>> = {
  pending: 'warning',
  delivered: 'ok',
  dead: 'critical',
  absorbed: 'muted',
};
const words: Readonly<Record<Delivery['status'], string>> = {
  pending: 'waits',
  delivered: 'delivered',
  dead: 'given up',
  absorbed: 'told with a later one',
};

const columns: readonly Column<Delivery>[] = [
  {
    key: 'channel',
    header: 'Channel',
    isTitle: true,
    cell: ({ channel }) => <strong className="nowrap">{channel}</strong>,
  },
  { key: 'what', header: 'Message', cell: ({ transition }) => transition },
  { key: 'status', header: 'State', cell: ({ status }) => <Tag tone={tones[status]}>{words[status]}</Tag> },
  { key: 'made', header: 'Made', cell: ({ createdAt }) => <Time atMs={createdAt} /> },
  { key: 'settled', header: 'Settled', cell: ({ settledAt }) => <Time atMs={settledAt} /> },
  {
    key: 'attempts',
    header: 'Attempts',
    isNumber: true,
    cell: ({ attempts }) => <span className="num">{attempts}</span>,
  },
  {
    key: 'reason',
    header: 'Last failure',
    isWide: true,
    cell: ({ reason, nextAttemptAt }) => (
      <span title={reason ?? ''}>
        {reason}
        {nextAttemptAt !== null && (
          <span className="muted">
            {reason === null ? '' : '; '}next attempt <Time atMs={nextAttemptAt} />
          </span>
        )}
      </span>
    ),
  },
];

/** One row a message and channel, with what became of it. */
export function DeliveriesTable({ deliveries }: Readonly<{ deliveries: readonly Delivery[] }>) {
  if (deliveries.length === 0)
    return <Empty>Nobody was told: no channel, or something held the messages back.</Empty>;
  return (
    <DataTable
      label="Messages"
      columns={columns}
      rows={deliveries}
      rowKey={({ channel, createdAt, transition }) => `${channel} ${createdAt} ${transition}`}
    />
  );
}

function Time({ atMs }: Readonly<{ atMs: number | null }>) {
  return atMs === null ? <span className="muted">–</span> : <span className="num">{absoluteTime(atMs)}</span>;
}
