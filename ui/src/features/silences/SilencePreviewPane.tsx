import type { SilencePreview, StandingAlert } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { StateTag } from '../../components/StateTag.tsx';
import { Notice } from '../../components/States.tsx';
import { spanText } from '../../lib/moment.ts';
import styles from './Silences.module.css';

type Props = Readonly<{
  preview: Readonly<{ data: SilencePreview | undefined; error: Error | null }>;
  /** Times are those of the browser; a recurrence goes by the clock of this zone. */
  tz: string | undefined;
}>;

const columns: readonly Column<StandingAlert>[] = [
  { key: 'state', header: 'State', cell: ({ state }) => <StateTag state={state} /> },
  { key: 'rule', header: 'Rule', isTitle: true, cell: ({ ruleName }) => <strong>{ruleName}</strong> },
  {
    key: 'group',
    header: 'Group',
    isWide: true,
    cell: ({ labels }) => <GroupLinks labels={labels} search={{}} />,
  },
  { key: 'severity', header: 'Severity', cell: ({ severity }) => severity },
];

/** When it would hold, and what it would hold back if it held now. */
export function SilencePreviewPane({ preview, tz }: Props) {
  const { data, error } = preview;
  if (error !== null) return <Notice>{error.message}</Notice>;
  if (data === undefined) return <p className="muted">The preview comes as soon as all is filled in.</p>;
  return (
    <div className={styles['preview']}>
      <section className="section" aria-labelledby="windows">
        <h2 id="windows">It holds</h2>
        {data.windows.length === 0 ? (
          <Notice>It never holds: it is over before it begins.</Notice>
        ) : (
          <ul className={styles['windows']}>
            {data.windows.map(({ startsAt, endsAt }) => (
              <li key={startsAt} className="num">
                {spanText(startsAt, endsAt)}
                {tz !== undefined && <span className="muted"> ({inZone(startsAt, tz)})</span>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="section" aria-labelledby="matching">
        <h2 id="matching">{data.matches === 1 ? '1 alert matches' : `${data.matches} alerts match`} now</h2>
        {data.alerts.length === 0 ? (
          <p className="muted">None of the alerts known now. It may still match later ones.</p>
        ) : (
          <DataTable label="Alerts that match" columns={columns} rows={data.alerts} rowKey={({ id }) => id} />
        )}
      </section>
    </div>
  );
}

function inZone(atMs: number, tz: string): string {
  try {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hour: '2-digit', minute: '2-digit' });
    return `${clock.format(atMs)} ${tz}`;
  } catch {
    return tz;
  }
}
