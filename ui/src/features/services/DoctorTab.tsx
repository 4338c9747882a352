import type { DoctorReport, WatchedLibrary } from '@nightjar/collector/contract';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import type { Tone } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { useRangeState } from '../../lib/url-state.ts';
import styles from './Doctor.module.css';

type Props = Readonly<{ service: string; language: string }>;

/** What of a service's libraries its agents watch, and what mends the rest. */
export function DoctorTab({ service, language }: Props) {
  const { query, isLive } = useRangeState();
  const doctor = useEndpoint('doctor', { params: { service }, query, isLive });
  return (
    <Answered
      result={doctor}
      failed="What the agents tell could not be read"
      skeleton={<Skeleton rows={6} />}
    >
      {({ reports }) => (reports.length === 0 ? <NoAgent language={language} /> : <Reports of={reports} />)}
    </Answered>
  );
}

function NoAgent({ language }: Readonly<{ language: string }>) {
  if (language !== '' && language !== 'nodejs')
    return (
      <Empty>
        This service is traced by its own OpenTelemetry SDK ({language}). Only Nightjar’s agent for Node tells
        which libraries it watches.
      </Empty>
    );
  return (
    <Empty command="node --import @nightjar/agent/register app.js">
      No process of this service has told which libraries it watches in the last 24 hours. One that runs with
      Nightjar’s agent does, five seconds after it has started:
    </Empty>
  );
}

function Reports({ of }: Readonly<{ of: readonly DoctorReport[] }>) {
  return (
    <div className={styles['reports']}>
      {of.map((report, index) => (
        <section key={index} aria-label={`Processes that run ${report.mainFile}`}>
          <p className={styles['about']}>
            <strong>{report.mainFile}</strong>
            <span className="muted">{aboutOf(report)}</span>
            <span className="muted">
              told <When atMs={report.reportedMs} />
            </span>
          </p>
          <DataTable
            label={`Libraries of ${report.mainFile}`}
            columns={columns}
            rows={report.libraries}
            rowKey={({ library }) => library}
          />
        </section>
      ))}
    </div>
  );
}

const hostsShown = 3;

function aboutOf({ processes, hosts, release, agentVersion, nodeVersion }: DoctorReport): string {
  const places = hosts.slice(0, hostsShown).join(', ');
  const more = hosts.length > hostsShown ? ` and ${hosts.length - hostsShown} more` : '';
  return [
    processes === 1 ? '1 process' : `${processes} processes`,
    places === '' ? '' : `on ${places}${more}`,
    release === '' ? '' : `release ${release}`,
    nodeVersion === '' ? '' : `Node ${nodeVersion}`,
    agentVersion === '' ? '' : `agent ${agentVersion}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

const states: Readonly<Record<WatchedLibrary['state'], readonly [tone: Tone, words: string]>> = {
  hooked: ['ok', 'Hooked'],
  not_hooked: ['critical', 'Not hooked'],
  off: ['muted', 'Off'],
  not_loaded: ['muted', 'Not loaded'],
};

const columns: readonly Column<WatchedLibrary>[] = [
  { key: 'library', header: 'Library', isTitle: true, cell: ({ library }) => <strong>{library}</strong> },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => <Tag tone={states[state][0]}>{states[state][1]}</Tag>,
  },
  { key: 'version', header: 'Version', cell: ({ version }) => version },
  {
    key: 'reason',
    header: 'Reason and fix',
    isWide: true,
    cell: ({ reason, fix }) =>
      reason === '' && fix === '' ? null : (
        <div className={styles['reason']}>
          {reason !== '' && <span>{reason}</span>}
          {fix !== '' && (
            <span className={styles['fix']}>
              <code>{fix}</code>
              <CopyButton text={fix} what="fix" />
            </span>
          )}
        </div>
      ),
  },
];
