import { Tabs } from '@mantine/core';
import type { RuleDetail } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { VerdictTag } from '../../components/StateTag.tsx';
import { When } from '../../components/When.tsx';
import { ruleText } from '../../lib/alert-words.ts';
import { paths, webAddress } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { GroupsTable } from './GroupsTable.tsx';
import { RuleActions } from './RuleActions.tsx';
import { RuleEpisodes } from './RuleEpisodes.tsx';
import { RulePreviewSection } from './RulePreviewSection.tsx';
import { RuleState } from './RulesTable.tsx';
import { sourceText } from './rule-source.ts';
import styles from './Rule.module.css';

const tabs = ['groups', 'episodes', 'yaml'] as const;

export function RuleView({ detail }: Readonly<{ detail: RuleDetail }>) {
  const { search, set } = useUrlState();
  const tab = tabs.find((one) => one === search['tab']) ?? 'groups';
  const { rule, yaml, alerts, episodes } = detail;
  return (
    <>
      <RuleHead detail={detail} />
      <RulePreviewSection rule={rule} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => set({ tab: next === 'groups' ? undefined : (next ?? undefined) })}
      >
        <Tabs.List>
          <Tabs.Tab value="groups">Groups</Tabs.Tab>
          <Tabs.Tab value="episodes">Episodes</Tabs.Tab>
          <Tabs.Tab value="yaml">YAML</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="groups" pt={12}>
          <GroupsTable alerts={alerts} search={search} />
        </Tabs.Panel>
        <Tabs.Panel value="episodes" pt={12}>
          <RuleEpisodes episodes={episodes} search={search} />
        </Tabs.Panel>
        <Tabs.Panel value="yaml" pt={12}>
          <div className={styles['yaml']}>
            <CopyButton text={yaml} what="YAML" />
            <pre tabIndex={0} aria-label="The rule as YAML">
              {yaml}
            </pre>
          </div>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function RuleHead({ detail }: Readonly<{ detail: RuleDetail }>) {
  const { search } = useUrlState();
  const { rule, facts } = detail;
  const runbook = webAddress(rule.runbook);
  return (
    <header className={styles['head']}>
      <div className={styles['title']}>
        <div className="page-head fill">
          <h1>{rule.name}</h1>
          <RuleState rule={rule} facts={facts} />
        </div>
        <RuleActions detail={detail} />
      </div>
      <p>{ruleText(rule)}</p>
      {facts.lastVerdict !== null && facts.evaluatedAt !== null && (
        <p>
          <VerdictTag verdict={facts.lastVerdict} /> {facts.reason}{' '}
          <span className="muted">
            (<When atMs={facts.evaluatedAt} />)
          </span>
        </p>
      )}
      <p className={styles['about']}>
        <span className="muted">{sourceText(facts.source)}</span>
        <span className="muted">owner {rule.owner}</span>
        <span className="muted">tells {rule.notify.channels?.join(', ') ?? 'the channels of its route'}</span>
        <AppLink href={paths.silences(search)}>Silences</AppLink>
        {runbook !== undefined && (
          <a href={runbook} rel="noreferrer" target="_blank">
            Runbook
          </a>
        )}
      </p>
    </header>
  );
}
