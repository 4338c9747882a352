import type { Episode, EpisodeDetail } from '@nightjar/collector/contract';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { alertName, alertValue, endText, thresholdText } from '../../lib/alert-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths, webAddress } from '../../lib/paths.ts';
import { absoluteRange } from '../../lib/time-range.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { AlertActions } from './AlertActions.tsx';
import { DeliveriesTable } from './DeliveriesTable.tsx';
import { EpisodeChart } from './EpisodeChart.tsx';
import styles from './Episode.module.css';
import { episodeWindow } from './episode-window.ts';
import { EvidenceView } from './EvidenceView.tsx';
import { Holds } from './Holds.tsx';
import { Timeline } from './Timeline.tsx';

/** Everything about one stretch of firing, for whoever was woken by it and for whoever asks afterwards. */
export function EpisodeView({ detail }: Readonly<{ detail: EpisodeDetail }>) {
  const { search } = useUrlState();
  const { episode, alert } = detail;
  // The window of an open episode is that of when the page was opened.
  const [nowMs] = useState(() => Date.now());
  const window = episodeWindow(episode, nowMs);
  const onWindow: Search = { ...search, ...absoluteRange(window.fromMs, window.toMs) };
  return (
    <>
      <EpisodeHead detail={detail} search={onWindow} />
      {alert !== null && alert.episodeId === episode.id && <AlertActions alert={alert} search={search} />}
      {detail.hasRule && episode.kind === 'condition' && <EpisodeChart detail={detail} window={window} />}
      <div className={styles['columns']}>
        <section className="section" aria-labelledby="timeline">
          <h2 id="timeline">What happened</h2>
          <Timeline entries={detail.timeline} />
        </section>
        <div className={styles['side']}>
          <EvidenceView evidence={detail.evidence} search={onWindow} />
        </div>
      </div>
      <section className="section" aria-labelledby="told">
        <h2 id="told">Who was told</h2>
        <DeliveriesTable deliveries={detail.deliveries} />
      </section>
    </>
  );
}

function EpisodeHead({ detail, search }: Readonly<{ detail: EpisodeDetail; search: Search }>) {
  const { episode, alert } = detail;
  const { ruleUid, severity, labels, firedAt, resolvedAt, resolveReason } = episode;
  const runbook = webAddress(detail.runbook);
  return (
    <header className={styles['head']}>
      <div className="page-head">
        <h1>{alertName(episode)}</h1>
        <span className="row">
          {resolvedAt === null ? <Tag tone="critical">firing</Tag> : <Tag tone="ok">resolved</Tag>}
          <Tag tone={severity}>{severity}</Tag>
          {alert !== null && alert.episodeId === episode.id && <Holds alert={alert} search={search} />}
        </span>
      </div>
      <p>
        <Measured episode={episode} search={search} /> fired at{' '}
        <span className="num">{absoluteTime(firedAt)}</span> (<When atMs={firedAt} />
        ).{' '}
        {resolvedAt === null ? (
          'It still fires.'
        ) : (
          <>
            It lasted <Num kind="duration" value={resolvedAt - firedAt} /> and ended by{' '}
            {endText(resolveReason)}.
          </>
        )}
      </p>
      {episode.kind !== 'condition' && alert !== null && <p>{alert.reason}</p>}
      <p className="row">
        {detail.hasRule && <AppLink href={paths.rule(search, ruleUid)}>The rule</AppLink>}
        {runbook !== undefined && (
          <a href={runbook} rel="noreferrer" target="_blank">
            Runbook
          </a>
        )}
        {labels['service'] !== undefined && (
          <AppLink href={paths.traces(search, { service: labels['service'], sort: 'slowest' })}>
            Requests of this window
          </AppLink>
        )}
      </p>
    </header>
  );
}

/** Where, and how bad against the threshold; an alert about the rule itself has no value. */
function Measured({ episode, search }: Readonly<{ episode: Episode; search: Search }>) {
  const { labels, value, unit, samples } = episode;
  return (
    <>
      <GroupLinks labels={labels} search={search} />
      {value !== null && (
        <>
          {' '}
          at <strong className="num">{alertValue(value, unit)}</strong>{' '}
          <span className="muted">({thresholdText(episode)})</span>
          {samples !== null && (
            <>
              {' '}
              in <Num kind="count" value={samples} /> {samples === 1 ? 'sample' : 'samples'}
            </>
          )}
        </>
      )}
    </>
  );
}
