import type { AlertRule, RuleFacts } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { VerdictTag } from '../../components/StateTag.tsx';
import { Tag } from '../../components/Tag.tsx';
import { When } from '../../components/When.tsx';
import { ruleText } from '../../lib/alert-words.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useSort } from '../../lib/use-sort.ts';
import { sourceText } from './rule-source.ts';

type Row = Readonly<{ rule: AlertRule; facts: RuleFacts }>;

type Props = Readonly<{ rules: readonly AlertRule[]; facts: readonly RuleFacts[]; search: Search }>;

export function RulesTable({ rules, facts, search }: Props) {
  const [sort, onSort] = useSort({ key: 'state', direction: 'desc' });
  const byUid = new Map(facts.map((one) => [one.uid, one]));
  const rows = rules.flatMap((rule): Row[] => {
    const own = byUid.get(rule.uid);
    return own === undefined ? [] : [{ rule, facts: own }];
  });
  return (
    <DataTable
      label="Rules"
      columns={columnsOf(search)}
      rows={rows}
      rowKey={({ rule }) => rule.uid}
      sort={sort}
      onSort={onSort}
    />
  );
}

function columnsOf(search: Search): readonly Column<Row>[] {
  return [
    {
      key: 'state',
      header: 'State',
      sortBy: ({ rule, facts }) => (rule.enabled ? 1 + facts.pending + facts.firing * 1_000 : 0),
      cell: (row) => <RuleState {...row} />,
    },
    {
      key: 'name',
      header: 'Rule',
      isTitle: true,
      sortBy: ({ rule }) => rule.name.toLowerCase(),
      cell: ({ rule }) => (
        <AppLink href={paths.rule(search, rule.uid)} title={rule.uid}>
          <strong>{rule.name}</strong>
        </AppLink>
      ),
    },
    {
      key: 'what',
      header: 'Looks at',
      isWide: true,
      cell: ({ rule }) => <span title={ruleText(rule)}>{ruleText(rule)}</span>,
    },
    {
      key: 'verdict',
      header: 'Last verdict',
      cell: ({ facts }) =>
        facts.lastVerdict === null ? (
          <span className="muted">none yet</span>
        ) : (
          <span title={facts.reason ?? ''}>
            <VerdictTag verdict={facts.lastVerdict} />
          </span>
        ),
    },
    {
      key: 'fired',
      header: 'Last fired',
      sortBy: ({ facts }) => facts.lastFiredAt,
      cell: ({ facts }) =>
        facts.lastFiredAt === null ? (
          <span className="muted">not lately</span>
        ) : (
          <When atMs={facts.lastFiredAt} />
        ),
    },
    {
      key: 'groups',
      header: 'Groups',
      isNumber: true,
      sortBy: ({ facts }) => facts.groups,
      cell: ({ facts }) => <span className="num">{facts.groups ?? '–'}</span>,
    },
    {
      key: 'source',
      header: 'From',
      isExtra: true,
      sortBy: ({ facts }) => sourceText(facts.source),
      cell: ({ facts }) => <span title={sourceText(facts.source)}>{sourceText(facts.source)}</span>,
    },
  ];
}

export function RuleState({ rule, facts }: Row) {
  if (!rule.enabled) return <Tag tone="muted">off</Tag>;
  if (facts.firing > 0) return <Tag tone="critical">{facts.firing} firing</Tag>;
  if (facts.pending > 0) return <Tag tone="warning">{facts.pending} pending</Tag>;
  return <Tag tone="ok">quiet</Tag>;
}
