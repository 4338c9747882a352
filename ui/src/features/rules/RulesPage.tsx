import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Notice, Skeleton } from '../../components/States.tsx';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { ExportButton } from './ExportButton.tsx';
import { RulesTable } from './RulesTable.tsx';
import styles from './RulesView.module.css';

export function RulesPage() {
  const { search, goTo } = useUrlState();
  const rules = useEndpoint('rules', { isLive: true });
  return (
    <div className="page">
      <div className={styles['bar']}>
        <h1 className="fill">Rules</h1>
        <ExportButton />
        <Button
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => goTo(paths.newRule(search))}
        >
          New rule
        </Button>
      </div>
      <AlertNav />
      <Answered result={rules} failed="The rules could not be read" skeleton={<Skeleton rows={6} />}>
        {(data) => (
          <>
            <Problems problems={data.problems} />
            {data.rules.length === 0 ? (
              <Empty>
                No rule is loaded. Make one here, or write YAML files into the directory of
                NIGHTJAR_RULES_DIR.
              </Empty>
            ) : (
              <RulesTable rules={data.rules} facts={data.facts} search={search} />
            )}
          </>
        )}
      </Answered>
    </div>
  );
}

function Problems({
  problems,
}: Readonly<{ problems: readonly Readonly<{ path: string; problem: string }>[] }>) {
  if (problems.length === 0) return null;
  return (
    <Notice>
      <strong>Not loaded:</strong>
      <ul className={styles['problems']}>
        {problems.map(({ path, problem }) => (
          <li key={path + problem}>
            <code>{path}</code> {problem}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
