import type { Evidence } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { quantityText } from '../../lib/quantity.ts';
import styles from './Episode.module.css';

type Props = Readonly<{ evidence: Evidence | null; search: Search }>;

/** What the data says about the bad window, as the first message had it. */
export function EvidenceView({ evidence, search }: Props) {
  if (evidence === null)
    return (
      <section className="section" aria-labelledby="evidence">
        <h2 id="evidence">Evidence</h2>
        <p className="muted">None was gathered: the signal has no requests, or the database was too slow.</p>
      </section>
    );
  const { traces, difference, release, findings, statements } = evidence;
  return (
    <>
      <section className="section" aria-labelledby="evidence">
        <h2 id="evidence">Evidence</h2>
        {difference !== null && (
          <p>
            <code>{difference.attribute}</code> is <code>{difference.value}</code> in{' '}
            <strong>{quantityText('share', difference.badShare)}</strong> of the bad requests and in{' '}
            {quantityText('share', difference.otherShare)} of the others.
          </p>
        )}
        {release !== null && (
          <p>
            Last release of {release.service}: <code>{release.version}</code>, first seen{' '}
            <When atMs={release.firstSeenMs} />.
          </p>
        )}
        {traces.length > 0 && (
          <ul className={styles['list']} aria-label="Worst requests">
            {traces.map(({ traceId, operation, durationMs, isError, queries }, index) => (
              <li key={`${traceId} ${index}`}>
                <AppLink href={paths.trace(search, traceId)}>{operation}</AppLink>
                <Num kind="duration" value={durationMs} />
                {queries !== null && <span className="muted num">{queries} queries</span>}
                {isError && <Tag tone="critical">failed</Tag>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <NewThings findings={findings} statements={statements} search={search} />
    </>
  );
}

type NewProps = Readonly<Pick<Evidence, 'findings' | 'statements'> & { search: Search }>;

function NewThings({ findings, statements, search }: NewProps) {
  if (findings.length === 0 && statements.length === 0) return null;
  return (
    <section className="section" aria-labelledby="new">
      <h2 id="new">New since the release</h2>
      <ul className={styles['list']}>
        {findings.map(({ title, callSite, url }) => (
          <li key={title + url}>
            <AppLink href={inside(url, paths.findings(search))}>{title}</AppLink>
            {callSite !== null && <code className="muted">{callSite}</code>}
          </li>
        ))}
        {statements.map(({ text, calls, url }) => (
          <li key={text}>
            <AppLink href={inside(url, paths.database(search))}>
              <code>{text}</code>
            </AppLink>
            <span className="muted num">{quantityText('count', calls)} calls</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The address of a message, as one of this dashboard: it may be reached by another name than messages give. */
function inside(url: string, otherwise: string): string {
  if (!URL.canParse(url)) return otherwise;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
