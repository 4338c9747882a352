import type { EpisodeDetail } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { GroupLinks } from '../../components/GroupLinks.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { alertValue, endText, thresholdText } from '../../lib/alert-words.ts';
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
  const window = episodeWindow(episode, Date.now());
  const onWindow: Search = { ...search, ...absoluteRange(window.fromMs, window.toMs) };
  return (
    <>
      <EpisodeHead detail={detail} search={onWindow} />
      {alert !== null && alert.episodeId === episode.id && <AlertActions alert={alert} search={search} />}
      {detail.hasRule && <EpisodeChart detail={detail} window={window} />}
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
  const { ruleUid, ruleName, severity, labels, firedAt, resolvedAt, resolveReason } = episode;
  const runbook = webAddress(detail.runbook);
  return (
    <header className={styles['head']}>
      <div className="page-head">
        <h1>{ruleName}</h1>
        <span className="row">
          {resolvedAt === null ? <Tag tone="critical">firing</Tag> : <Tag tone="ok">resolved</Tag>}
          <Tag tone={severity}>{severity}</Tag>
          {alert !== null && alert.episodeId === episode.id && <Holds alert={alert} search={search} />}
        </span>
      </div>
      <p>
        <GroupLinks labels={labels} search={search} /> was at{' '}
        <strong className="num">{alertValue(episode.value, episode.unit)}</strong>{' '}
        <span className="muted">({thresholdText(episode)})</span>
        {episode.samples !== null && (
          <>
            {' '}
            in <Num kind="count" value={episode.samples} /> {episode.samples === 1 ? 'sample' : 'samples'}
          </>
        )}{' '}
        when it fired at <span className="num">{absoluteTime(firedAt)}</span> (<When atMs={firedAt} />
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
      <p className="row">
        <AppLink href={paths.rule(search, ruleUid)}>The rule</AppLink>
        {runbook !== undefined && (
          <a href={runbook} rel="noreferrer" target="_blank">
            Runbook
          </a>
        )}
        {labels['service'] !== undefined && (
          <AppLink href={paths.traces(search, { service: labels['service'], sort: 'duration' })}>
            Requests of this window
          </AppLink>
        )}
      </p>
    </header>
  );
}
