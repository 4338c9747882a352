import type { AlertRule, Rules } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Empty, Notice } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import { ruleText } from './alert-words.ts';
import styles from './RulesView.module.css';

const columns: readonly Column<AlertRule>[] = [
  {
    key: 'name',
    header: 'Rule',
    isTitle: true,
    cell: ({ name }) => <strong className="nowrap">{name}</strong>,
  },
  {
    key: 'what',
    header: 'Looks at',
    isWide: true,
    cell: (rule) => <span title={ruleText(rule)}>{ruleText(rule)}</span>,
  },
  { key: 'every', header: 'Every', cell: ({ schedule }) => schedule.every },
  {
    key: 'state',
    header: 'State',
    cell: ({ enabled }) => (enabled ? <Tag tone="ok">on</Tag> : <Tag tone="muted">off</Tag>),
  },
  { key: 'uid', header: 'Id', isExtra: true, cell: ({ uid }) => <code className="nowrap">{uid}</code> },
];

export function RulesView({ rules, problems }: Rules) {
  return (
    <div className="section">
      {problems.length > 0 && (
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
      )}
      {rules.length === 0 ? (
        <Empty>No rule is loaded. Rules are YAML files; three ship with Nightjar.</Empty>
      ) : (
        <DataTable label="Rules" columns={columns} rows={rules} rowKey={({ uid }) => uid} />
      )}
    </div>
  );
}
