import type { Operation } from '@nightjar/collector/contract';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';
import { RequestCount } from './RequestCount.tsx';
import styles from './Service.module.css';

type Props = Readonly<{ service: string; chosen: string | undefined }>;

export function OperationsTab({ service, chosen }: Props) {
  const { search } = useUrlState();
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort({ key: 'time', direction: 'desc' });
  const operations = useEndpoint('operations', { params: { service }, query, isLive });
  return (
    <Answered result={operations} failed="The operations could not be read" skeleton={<Skeleton rows={6} />}>
      {(data) =>
        data.operations.length === 0 ? (
          <Empty>No operation of this service ran in this range. Choose a longer one.</Empty>
        ) : (
          <DataTable
            label="Operations"
            columns={columnsOf(service, search)}
            rows={
              chosen === undefined
                ? data.operations
                : data.operations.filter((one) => one.operation === chosen)
            }
            rowKey={({ operation, kind }) => `${kind} ${operation}`}
            sort={sort}
            onSort={setSort}
          />
        )
      }
    </Answered>
  );
}

function columnsOf(service: string, search: Search): readonly Column<Operation>[] {
  return [
    {
      key: 'operation',
      header: 'Operation',
      isTitle: true,
      isWide: true,
      sortBy: ({ operation }) => operation,
      cell: ({ operation, findings }) => (
        <span className={styles['links']}>
          <AppLink href={paths.service(search, service, { operation })} title="Charts of this operation">
            {operation}
          </AppLink>
          {findings > 0 && (
            <AppLink href={paths.findings(search, { service, operation })}>
              <Tag tone="warning">{findings === 1 ? '1 finding' : `${findings} findings`}</Tag>
            </AppLink>
          )}
        </span>
      ),
    },
    number(['time', 'Total time', 'duration'], ({ totalMs }) => totalMs),
    {
      key: 'rate',
      header: 'Requests',
      hint: 'In the range, and a second',
      isNumber: true,
      sortBy: ({ requests }) => requests,
      cell: (operation) => <RequestCount of={operation} />,
    },
    number(['errors', 'Errors', 'share'], ({ errorRate }) => errorRate),
    number(['p50', 'p50', 'duration'], ({ p50Ms }) => p50Ms),
    number(['p95', 'p95', 'duration'], ({ p95Ms }) => p95Ms),
    number(['p99', 'p99', 'duration'], ({ p99Ms }) => p99Ms),
    number(['queries', 'Queries a request', 'plain'], ({ queriesPerRequest }) => queriesPerRequest),
    number(['database', 'In database', 'share'], ({ databaseShare }) => databaseShare),
    {
      key: 'traces',
      header: 'Evidence',
      cell: ({ operation }) => (
        <AppLink href={paths.traces(search, { service, operation })} label={`Traces of ${operation}`}>
          Traces
        </AppLink>
      ),
    },
  ];
}

function number(
  [key, header, kind]: readonly [string, string, QuantityKind],
  value: (operation: Operation) => number | null,
): Column<Operation> {
  return {
    key,
    header,
    isNumber: true,
    sortBy: value,
    cell: (operation) => (
      <span className={key === 'errors' && (value(operation) ?? 0) >= 0.01 ? styles['critical'] : undefined}>
        <Num kind={kind} value={value(operation)} />
      </span>
    ),
  };
}
