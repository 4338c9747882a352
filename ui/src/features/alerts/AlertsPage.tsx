import { useEffect } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { OwnName } from '../../components/OwnName.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { paths } from '../../lib/paths.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import styles from './AlertActions.module.css';
import { AlertsTable } from './AlertsTable.tsx';
import { EpisodesTable } from './EpisodesTable.tsx';

/** What fires and is about to; with `tab=history` what did; with `rule=<uid>` that of one rule. */
export function AlertsPage() {
  const { search, goTo } = useUrlState();
  const { query, isLive } = useRangeState();
  const alerts = useEndpoint('alerts', { query, isLive });
  const tab = search['tab'];
  // Rules had a tab here once; addresses of then still lead there.
  useEffect(() => {
    if (tab === 'rules') goTo(paths.rules(search));
  }, [tab, search, goTo]);
  const rule = search['rule'];
  const isWanted = ({ ruleUid }: Readonly<{ ruleUid: string }>) => rule === undefined || ruleUid === rule;
  return (
    <div className="page">
      <h1>Alerts</h1>
      <AlertNav />
      {rule !== undefined && (
        <p>
          Of the rule <AppLink href={paths.rule(search, rule)}>{rule}</AppLink> alone.{' '}
          <AppLink href={paths.alerts(search, { tab })}>Show all</AppLink>
        </p>
      )}
      <Answered result={alerts} failed="The alerts could not be read" skeleton={<Skeleton rows={6} />}>
        {(data) => {
          const episodes = data.episodes.filter(isWanted);
          if (tab === 'history') {
            if (episodes.length === 0) return <Empty>Nothing fired in this range.</Empty>;
            return <EpisodesTable episodes={episodes} search={search} />;
          }
          const watched = data.alerts.filter(isWanted);
          const active = watched.filter(({ state }) => state !== 'inactive');
          if (active.length === 0) return <Empty>{quietText(watched.length)}</Empty>;
          return (
            <>
              <AlertsTable alerts={active} search={search} />
              <div className={styles['name']}>
                <OwnName />
              </div>
            </>
          );
        }}
      </Answered>
    </div>
  );
}

function quietText(watched: number): string {
  if (watched === 0)
    return 'No rule has looked at anything yet. Rules begin to judge a minute after the first request.';
  return `Nothing fires, nothing is about to. ${watched === 1 ? '1 group is' : `${watched} groups are`} being watched.`;
}
