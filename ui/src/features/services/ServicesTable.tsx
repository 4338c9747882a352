import type { Service } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Sparkline } from '../../components/Sparkline.tsx';
import { Tag } from '../../components/Tag.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import type { Sort } from '../../lib/sort.ts';
import { RequestCount } from './RequestCount.tsx';
import styles from './ServicesTable.module.css';
import { wrongness } from './wrongness.ts';

type Props = Readonly<{
  services: readonly Service[];
  search: Search;
  sort: Sort;
  onSort: (sort: Sort) => void;
}>;

export const servicesSort: Sort = { key: 'state', direction: 'desc' };

export function ServicesTable({ services, search, sort, onSort }: Props) {
  return (
    <DataTable
      label="Services"
      columns={columnsOf(search)}
      rows={services}
      rowKey={({ service }) => service}
      sort={sort}
      onSort={onSort}
    />
  );
}

function columnsOf(search: Search): readonly Column<Service>[] {
  return [
    {
      key: 'service',
      header: 'Service',
      isTitle: true,
      sortBy: ({ service }) => service,
      cell: ({ service, language, release }) => (
        <span className={styles['service']}>
          <AppLink href={paths.service(search, service)} className={styles['link']}>
            <ServiceName name={service} />
          </AppLink>
          <span className={styles['about']}>
            {language}
            {release !== '' && ` · ${release}`}
          </span>
        </span>
      ),
    },
    {
      key: 'state',
      header: 'State',
      hint: 'Alerts that fire, and findings',
      sortBy: wrongness,
      cell: (service) => <State service={service} search={search} />,
    },
    {
      key: 'rate',
      header: 'Requests',
      hint: 'In the range, and a second',
      isNumber: true,
      sortBy: ({ requests }) => requests,
      cell: (service) => <Requests service={service} />,
    },
    trend(['errors', 'Errors', 'share'], {
      value: ({ errorRate }) => errorRate,
      points: ({ sparkline }) => sparkline.errorRate,
      color: 'var(--critical)',
    }),
    duration('p50', ({ p50Ms }) => p50Ms),
    trend(['p95', 'p95', 'duration'], {
      value: ({ p95Ms, requests }) => (requests === 0 ? null : p95Ms),
      points: ({ sparkline }) => sparkline.p95Ms,
      color: 'var(--latency-p95)',
    }),
    duration('p99', ({ p99Ms }) => p99Ms),
    trend(['queries', 'Queries a request', 'plain'], {
      value: ({ queriesPerRequest }) => queriesPerRequest,
      points: ({ sparkline }) => sparkline.queriesPerRequest,
      color: 'var(--category-database)',
    }),
    {
      key: 'database',
      header: 'In database',
      hint: 'Database time over request time; above 100 % where calls run side by side',
      isNumber: true,
      sortBy: ({ databaseShare }) => databaseShare,
      cell: ({ databaseShare }) => <Num kind="share" value={databaseShare} />,
    },
  ];
}

function duration(key: string, read: (service: Service) => number): Column<Service> {
  const value = (service: Service) => (service.requests === 0 ? null : read(service));
  return {
    key,
    header: key,
    isNumber: true,
    sortBy: value,
    cell: (service) => <Num kind="duration" value={value(service)} />,
  };
}

function Requests({ service }: Readonly<{ service: Service }>) {
  return (
    <span className={`${styles['trend'] ?? ''} ${styles['counted'] ?? ''}`}>
      <Sparkline
        values={service.sparkline.requests}
        color="var(--category-app)"
        label={`Requests of ${service.service} over the range`}
      />
      <RequestCount of={service} />
    </span>
  );
}

type Trend = Readonly<{
  value: (service: Service) => number | null;
  points: (service: Service) => readonly (number | null)[];
  color: string;
}>;

function trend(
  [key, header, kind]: readonly [string, string, QuantityKind],
  { value, points, color }: Trend,
): Column<Service> {
  return {
    key,
    header,
    isNumber: true,
    sortBy: value,
    cell: (service) => {
      const now = value(service);
      const isAlarming = key === 'errors' && (now ?? 0) >= 0.01;
      return (
        <span className={styles['trend']}>
          {now !== null && (
            <Sparkline
              values={points(service)}
              color={color}
              label={`${header} of ${service.service} over the range`}
            />
          )}
          <Num kind={kind} value={now} className={isAlarming ? styles['alarming'] : undefined} />
        </span>
      );
    },
  };
}

function State({ service, search }: Readonly<{ service: Service; search: Search }>) {
  const { firingAlerts, findings } = service;
  return (
    <span className={styles['state']}>
      {firingAlerts > 0 && (
        <AppLink href={paths.alerts(search)}>
          <Tag tone="critical">{firingAlerts === 1 ? '1 alert' : `${firingAlerts} alerts`}</Tag>
        </AppLink>
      )}
      {findings > 0 && (
        <AppLink href={paths.findings(search, { service: service.service })}>
          <Tag tone="warning">{findings === 1 ? '1 finding' : `${findings} findings`}</Tag>
        </AppLink>
      )}
      {firingAlerts === 0 && findings === 0 && <span className="muted">quiet</span>}
    </span>
  );
}
