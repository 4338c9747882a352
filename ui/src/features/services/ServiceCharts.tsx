import type { ServiceDetail } from '@nightjar/collector/contract';
import { useMemo } from 'react';
import { TimeChart } from '../../components/charts/TimeChart.tsx';
import type { Series } from '../../components/charts/TimeChart.tsx';
import { paths } from '../../lib/paths.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import { absoluteRange } from '../../lib/time-range.ts';
import { useUrlState } from '../../lib/url-state.ts';
import styles from './Service.module.css';

type Chart = Readonly<{ title: string; kind: QuantityKind; series: readonly Series[]; isBand?: boolean }>;

const line = (key: string, label: string, color: string): Series => ({ key, label, color, draw: 'line' });

const charts: readonly Chart[] = [
  {
    title: 'Latency',
    kind: 'duration',
    series: [
      line('p99Ms', 'p99', 'var(--latency-p99)'),
      line('p95Ms', 'p95', 'var(--latency-p95)'),
      line('p50Ms', 'p50', 'var(--latency-p50)'),
    ],
  },
  {
    title: 'Requests',
    kind: 'rate',
    series: [{ key: 'perSecond', label: 'requests', color: 'var(--category-app)', draw: 'bar' }],
  },
  {
    title: 'Errors',
    kind: 'share',
    series: [{ key: 'errorRate', label: 'errors', color: 'var(--critical)', draw: 'bar' }],
  },
  {
    title: 'Queries a request',
    kind: 'plain',
    series: [line('queriesPerRequest', 'queries', 'var(--category-database)')],
  },
  {
    title: 'Where a request spends its time, mean',
    kind: 'duration',
    isBand: true,
    series: [
      { key: 'databaseMs', label: 'database', color: 'var(--category-database)', draw: 'area' },
      { key: 'appMs', label: 'everything else', color: 'var(--category-app)', draw: 'area' },
    ],
  },
];

type Props = Readonly<{ detail: ServiceDetail; operation: string | undefined }>;

/** Charts of one range with one crosshair. A drag zooms the page, a click opens the traces of that bucket. */
export function ServiceCharts({ detail, operation }: Props) {
  const { search, set, goTo } = useUrlState();
  const { service, stepMs, points, releases } = detail;
  const rows = useMemo(() => points.map((point) => chartRow(point, stepMs)), [points, stepMs]);
  const markers = releases.map(({ release, firstSeenMs }) => ({ atMs: firstSeenMs, label: release }));
  const hasDatabase = points.some(({ databaseMs }) => databaseMs !== null);
  return (
    <div className={styles['charts']}>
      {charts
        .filter(({ isBand }) => isBand !== true || hasDatabase)
        .map(({ title, kind, series, isBand }) => (
          <div key={title} className={isBand === true ? styles['band'] : undefined}>
            <TimeChart
              title={title}
              kind={kind}
              series={series}
              points={rows}
              stepMs={stepMs}
              markers={markers}
              syncId="service"
              onZoom={(fromMs, toMs) => set(absoluteRange(fromMs, toMs))}
              onBucket={(fromMs, toMs) =>
                goTo(
                  paths.traces(
                    { ...search, ...absoluteRange(fromMs, toMs) },
                    { service, operation, sort: 'slowest' },
                  ),
                )
              }
            />
          </div>
        ))}
    </div>
  );
}

function chartRow(point: ServiceDetail['points'][number], stepMs: number) {
  const { startMs, requests, errors, p50Ms, p95Ms, p99Ms, queriesPerRequest, databaseMs, meanMs } = point;
  // Calls that run side by side may take longer together than the request: there is no rest then.
  const appMs = databaseMs === null || meanMs === null ? null : Math.max(0, meanMs - databaseMs);
  return {
    startMs,
    p50Ms,
    p95Ms,
    p99Ms,
    queriesPerRequest,
    databaseMs,
    appMs,
    perSecond: requests / (stepMs / 1000),
    errorRate: requests === 0 ? null : errors / requests,
  };
}
