import type { Finding } from '@nightjar/collector/contract';
import { acceptedText, kindWord, severityTone } from '../lib/finding-words.ts';
import type { Search } from '../lib/paths.ts';
import { paths } from '../lib/paths.ts';
import type { Sort } from '../lib/sort.ts';
import { AppLink } from './AppLink.tsx';
import { CallSite } from './CallSite.tsx';
import { DataTable } from './DataTable.tsx';
import type { Column } from './DataTable.tsx';
import { Num } from './Num.tsx';
import { ServiceName } from './ServiceName.tsx';
import { SqlLine } from './Sql.tsx';
import styles from './FindingsTable.module.css';
import { Tag } from './Tag.tsx';
import { When } from './When.tsx';

type Props = Readonly<{
  findings: readonly Finding[];
  search: Search;
  /** Left out on the page of one service. */
  withService?: boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
}>;

export const findingsSort: Sort = { key: 'lost', direction: 'desc' };
const severityRank = { critical: 3, high: 2, medium: 1, low: 0 } as const;

export function FindingsTable({ findings, search, withService = true, sort, onSort }: Props) {
  const columns = columnsOf(search).filter(({ key }) => withService || key !== 'service');
  return (
    <DataTable
      label="Findings"
      columns={columns}
      rows={findings}
      rowKey={({ id, service, operation }) => `${id} ${service} ${operation}`}
      sort={sort}
      onSort={onSort}
    />
  );
}

function Standing({ finding: { severity, accepted } }: Readonly<{ finding: Finding }>) {
  if (accepted === null) return <Tag tone={severityTone(severity)}>{severity}</Tag>;
  return (
    <Tag tone="muted" title={accepted.reason}>
      {acceptedText(accepted)}
    </Tag>
  );
}

function columnsOf(search: Search): readonly Column<Finding>[] {
  return [
    {
      key: 'severity',
      header: 'Severity',
      sortBy: ({ severity }) => severityRank[severity],
      cell: (finding) => <Standing finding={finding} />,
    },
    {
      key: 'statement',
      header: 'Finding',
      isWide: true,
      isTitle: true,
      cell: (finding) => (
        <AppLink href={paths.finding(search, finding.id)} className={styles['finding']}>
          <span className={styles['what']}>
            {finding.count > 1 && <span className="num">{finding.count} × </span>}
            {kindWord(finding.kind)}
          </span>
          <SqlLine text={finding.statement} />
        </AppLink>
      ),
    },
    { key: 'site', header: 'Call site', cell: ({ callSite }) => <CallSite site={callSite} /> },
    {
      key: 'service',
      header: 'Service',
      sortBy: ({ service }) => service,
      cell: ({ service }) => <ServiceName name={service} />,
    },
    {
      key: 'operation',
      header: 'Operation',
      sortBy: ({ operation }) => operation,
      cell: ({ operation }) => <span className={styles['operation']}>{operation}</span>,
    },
    {
      key: 'saved',
      header: 'Saved a request',
      isNumber: true,
      sortBy: ({ savedMs }) => savedMs,
      cell: ({ savedMs }) => <Num kind="duration" value={savedMs} />,
    },
    {
      key: 'lost',
      header: 'Lost an hour',
      hint: 'Time that all requests of an hour would save',
      isNumber: true,
      sortBy: ({ savedMsPerHour }) => savedMsPerHour,
      cell: ({ savedMsPerHour }) => <Num kind="duration" value={savedMsPerHour} />,
    },
    {
      key: 'requests',
      header: 'Requests',
      hint: 'Requests it happened in',
      isNumber: true,
      sortBy: ({ occurrences }) => occurrences,
      cell: ({ occurrences }) => <Num kind="count" value={occurrences} />,
    },
    {
      key: 'seen',
      header: 'Last seen',
      isNumber: true,
      sortBy: ({ lastSeen }) => lastSeen,
      cell: ({ lastSeen }) => <When atMs={lastSeen} />,
    },
  ];
}
