import { Tabs } from '@mantine/core';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { AlertsTable } from './AlertsTable.tsx';
import { EpisodesTable } from './EpisodesTable.tsx';
import { RulesView } from './RulesView.tsx';

const tabs = ['now', 'history', 'rules'] as const;

export function AlertsPage() {
  const { search, set } = useUrlState();
  const tab = tabs.find((one) => one === search['tab']) ?? 'now';
  return (
    <div className="page">
      <h1>Alerts</h1>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => set({ tab: next === 'now' ? undefined : (next ?? undefined) })}
      >
        <Tabs.List>
          <Tabs.Tab value="now">Now</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="rules">Rules</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="now" pt={12}>
          <Standing part="alerts" />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt={12}>
          <Standing part="episodes" />
        </Tabs.Panel>
        <Tabs.Panel value="rules" pt={12}>
          <Loaded />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function Standing({ part }: Readonly<{ part: 'alerts' | 'episodes' }>) {
  const { search } = useUrlState();
  const { query, isLive } = useRangeState();
  const alerts = useEndpoint('alerts', { query, isLive });
  return (
    <Answered result={alerts} failed="The alerts could not be read" skeleton={<Skeleton rows={6} />}>
      {(data) => {
        if (part === 'alerts') {
          const active = data.alerts.filter(({ state }) => state !== 'inactive');
          if (active.length > 0) return <AlertsTable alerts={active} search={search} />;
          return <Empty>{quietText(data.alerts.length)}</Empty>;
        }
        if (data.episodes.length === 0) return <Empty>Nothing fired in this range.</Empty>;
        return <EpisodesTable episodes={data.episodes} search={search} />;
      }}
    </Answered>
  );
}

function quietText(watched: number): string {
  if (watched === 0)
    return 'No rule has looked at anything yet. Rules begin to judge a minute after the first request.';
  return `Nothing fires, nothing is about to. ${watched === 1 ? '1 group is' : `${watched} groups are`} being watched.`;
}

function Loaded() {
  const rules = useEndpoint('rules', {});
  return (
    <Answered result={rules} failed="The rules could not be read" skeleton={<Skeleton rows={4} />}>
      {(data) => <RulesView rules={data.rules} problems={data.problems} />}
    </Answered>
  );
}
