import { useEffect } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { paths } from '../../lib/paths.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { AlertsTable } from './AlertsTable.tsx';
import { EpisodesTable } from './EpisodesTable.tsx';

/** What fires and is about to; with `tab=history` what did. */
export function AlertsPage() {
  const { search, goTo } = useUrlState();
  const { query, isLive } = useRangeState();
  const alerts = useEndpoint('alerts', { query, isLive });
  const tab = search['tab'];
  // Rules had a tab here once; addresses of then still lead there.
  useEffect(() => {
    if (tab === 'rules') goTo(paths.rules(search));
  }, [tab, search, goTo]);
  return (
    <div className="page">
      <h1>Alerts</h1>
      <AlertNav />
      <Answered result={alerts} failed="The alerts could not be read" skeleton={<Skeleton rows={6} />}>
        {(data) => {
          if (tab === 'history') {
            if (data.episodes.length === 0) return <Empty>Nothing fired in this range.</Empty>;
            return <EpisodesTable episodes={data.episodes} search={search} />;
          }
          const active = data.alerts.filter(({ state }) => state !== 'inactive');
          if (active.length > 0) return <AlertsTable alerts={active} search={search} />;
          return <Empty>{quietText(data.alerts.length)}</Empty>;
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
