import type { Queue } from '@nightjar/collector/contract';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { TimeChart } from '../../components/charts/TimeChart.tsx';
import type { Series } from '../../components/charts/TimeChart.tsx';
import { Num } from '../../components/Num.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { Tag } from '../../components/Tag.tsx';
import { paths } from '../../lib/paths.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import { absoluteRange } from '../../lib/time-range.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { queueTrend } from './queue-trend.ts';
import styles from './Queues.module.css';

export function QueuesPage() {
  const { query, isLive } = useRangeState();
  const queues = useEndpoint('queues', { query, isLive });
  return (
    <div className="page">
      <h1>Queues</h1>
      <Answered
        result={queues}
        failed="The queues could not be read"
        skeleton={<Skeleton rows={3} height={200} />}
      >
        {(data) =>
          data.queues.length === 0 ? (
            <Empty command="import { observeQueue } from '@nightjar/agent'; observeQueue('emails', async () => ({ depth: await queue.getWaitingCount() }));">
              No queue reported in this range. Tell the agent how to read its depth:
            </Empty>
          ) : (
            byDepth(data.queues).map((queue) => (
              <QueueView key={queue.queue} queue={queue} stepMs={data.stepMs} />
            ))
          )
        }
      </Answered>
    </div>
  );
}

/** What grows first, then what is deep. */
function byDepth(queues: readonly Queue[]): Queue[] {
  const rank = ({ growthPerSecond, depth }: Queue) => Math.max(0, growthPerSecond ?? 0) * 1e6 + (depth ?? 0);
  return [...queues].sort((left, right) => rank(right) - rank(left));
}

const depthSeries: readonly Series[] = [
  { key: 'depth', label: 'depth', color: 'var(--category-queue)', draw: 'line' },
];
const ageSeries: readonly Series[] = [
  { key: 'oldestAgeMs', label: 'oldest job', color: 'var(--latency-p95)', draw: 'line' },
];

function QueueView({ queue, stepMs }: Readonly<{ queue: Queue; stepMs: number }>) {
  const { search, set } = useUrlState();
  const trend = queueTrend(queue);
  const shared = {
    points: queue.points,
    stepMs,
    syncId: 'queues',
    onZoom: (fromMs: number, toMs: number) => set(absoluteRange(fromMs, toMs)),
  };
  return (
    <section className={styles['queue']} aria-label={queue.queue}>
      <div className={styles['head']}>
        <h2>{queue.queue}</h2>
        <Tag tone={trend.tone}>{trend.text}</Tag>
        <span className={styles['services']}>
          {queue.services.map((service) => (
            <AppLink key={service} href={paths.service(search, service)}>
              {service}
            </AppLink>
          ))}
        </span>
      </div>
      <dl className={styles['facts']}>
        <Fact label="Depth" kind="count" value={queue.depth} />
        <Fact label="Oldest job" kind="duration" value={queue.oldestAgeMs} />
        <Fact label="In flight" kind="count" value={queue.inFlight} />
        <Fact label="Failed" kind="count" value={queue.failed} />
        <Fact label="Jobs" kind="rate" value={queue.jobs.perSecond} />
        <Fact label="Job errors" kind="share" value={queue.jobs.errorRate} />
        <Fact label="Job p95" kind="duration" value={queue.jobs.p95Ms} />
      </dl>
      <div className={styles['charts']}>
        <TimeChart title="Depth" kind="count" series={depthSeries} {...shared} />
        <TimeChart title="Age of the oldest job" kind="duration" series={ageSeries} {...shared} />
      </div>
    </section>
  );
}

type FactProps = Readonly<{ label: string; kind: QuantityKind; value: number | null }>;

function Fact({ label, kind, value }: FactProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Num kind={kind} value={value} />
      </dd>
    </div>
  );
}
