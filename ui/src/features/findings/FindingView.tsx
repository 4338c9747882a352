import type { FindingDetail } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { CallSite } from '../../components/CallSite.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { TimeChart } from '../../components/charts/TimeChart.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SqlBlock, SqlLine } from '../../components/Sql.tsx';
import { Notice } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { acceptedText, kindWord, savingText, severityTone } from '../../lib/finding-words.ts';
import { paths } from '../../lib/paths.ts';
import { absoluteRange } from '../../lib/time-range.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { ExamplesTable } from './ExamplesTable.tsx';
import styles from './Finding.module.css';
import { OperationsTable } from './OperationsTable.tsx';

export function FindingView({ detail }: Readonly<{ detail: FindingDetail }>) {
  const { finding, examples, operations } = detail;
  const { search } = useUrlState();
  return (
    <>
      <Head detail={detail} />
      {finding.occurrences === 0 && <Notice tone="info">It did not happen in this range.</Notice>}
      <div className={styles['columns']}>
        <div className={styles['main']}>
          <SqlBlock text={finding.statement} />
          {finding.companions.length > 0 && (
            <section className="section">
              <h2>In the same loop, mended with it</h2>
              {finding.companions.map(({ fingerprint, statement, count }) => (
                <div key={fingerprint} className={styles['companion']}>
                  <span className="num">{count} ×</span>
                  <SqlLine text={statement} />
                </div>
              ))}
            </section>
          )}
          <Trend detail={detail} />
          <section className="section">
            <h2>Example traces</h2>
            <ExamplesTable examples={examples} search={search} />
          </section>
        </div>
        <div className={styles['side']}>
          <Figures detail={detail} />
          {finding.hint !== '' && (
            <section className="section">
              <h2>What to do</h2>
              <Prose text={finding.hint} />
            </section>
          )}
          {finding.reason !== '' && (
            <section className="section">
              <h2>Why we think so</h2>
              <Prose text={finding.reason} />
              <p className="muted">Confidence: {finding.confidence}</p>
            </section>
          )}
          <section className="section">
            <h2>Operations</h2>
            <OperationsTable operations={operations} service={finding.service} search={search} />
          </section>
        </div>
      </div>
    </>
  );
}

function Head({ detail: { finding } }: Readonly<{ detail: FindingDetail }>) {
  const { search } = useUrlState();
  const { count, kind, callSite } = finding;
  return (
    <div className={styles['head']}>
      <div className="page-head">
        <h1>
          {count > 1 && <span className="num">{count} × </span>}
          {kindWord(kind)}
          {callSite !== null && (
            <>
              {' in '}
              <code className={styles['site']}>
                {callSite.file}:{callSite.line}
              </code>
            </>
          )}
        </h1>
        {callSite !== null && <CopyButton text={`${callSite.file}:${callSite.line}`} what="call site" />}
        <Tag tone={severityTone(finding.severity)}>{finding.severity}</Tag>
        {finding.accepted !== null && <Tag tone="muted">{acceptedText(finding.accepted)}</Tag>}
      </div>
      <p className={styles['about']}>
        <AppLink href={paths.service(search, finding.service)}>
          <ServiceName name={finding.service} />
        </AppLink>
        <span>{finding.operation}</span>
        <span className={styles['saving']}>{savingText(finding)}</span>
      </p>
      {finding.accepted !== null && <p>Accepted: {finding.accepted.reason}</p>}
    </div>
  );
}

function Figures({ detail: { finding } }: Readonly<{ detail: FindingDetail }>) {
  const rows = [
    ['Lost an hour', <Num key="lost" kind="duration" value={finding.savedMsPerHour} />],
    ['Saved a request', <Num key="saved" kind="duration" value={finding.savedMs} />],
    ['Time in the calls', <Num key="total" kind="duration" value={finding.totalMs} />],
    ['Calls in a request', <Num key="count" kind="count" value={finding.count} />],
    ['Requests', <Num key="requests" kind="count" value={finding.occurrences} />],
    ['Call site', <CallSite key="site" site={finding.callSite} />],
    ['Function', <code key="function">{finding.callSite?.function ?? ''}</code>],
    ['First seen', <When key="first" atMs={finding.firstSeen} />],
    ['Last seen', <When key="last" atMs={finding.lastSeen} />],
    ['First release', finding.firstRelease],
  ] as const;
  return (
    <table className={styles['figures']} aria-label="Figures">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value === '' ? '–' : value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Trend({ detail }: Readonly<{ detail: FindingDetail }>) {
  const { set } = useUrlState();
  return (
    <TimeChart
      title="Time lost"
      kind="duration"
      series={[{ key: 'savedMs', label: 'lost', color: 'var(--warning-mark)', draw: 'bar' }]}
      points={detail.points}
      stepMs={detail.stepMs}
      markers={detail.releases.map(({ release, firstSeenMs }) => ({ atMs: firstSeenMs, label: release }))}
      onZoom={(fromMs, toMs) => set(absoluteRange(fromMs, toMs))}
    />
  );
}
