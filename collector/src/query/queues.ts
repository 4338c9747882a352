import {
  QUEUE_DEPTH_METRIC,
  QUEUE_FAILED_METRIC,
  QUEUE_IN_FLIGHT_METRIC,
  QUEUE_OLDEST_AGE_METRIC,
} from '@nightjar/agent/attributes';
import { z } from 'zod';
import type { Queue, Range, ResponseOf } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import {
  and,
  byKey,
  during,
  msOf,
  quantilesRow,
  quantilesOf,
  ratio,
  stepParams,
  windowOf,
  windowParams,
} from './sql.ts';
import { planRange, type Plan, type QueryContext } from './time.ts';

/** Queues that reported a depth or whose jobs were traced in the range, the deepest first. */
export async function listQueues(
  { storage, nowMs }: QueryContext,
  range: Range,
): Promise<ResponseOf<'queues'>> {
  const plan = planRange(range, { nowMs });
  const window = windowOf(plan, range.environment);
  const [latest, points, jobs] = await Promise.all([
    storage.query(latestQuery, window),
    storage.query(pointsQuery, { ...window, stepMs: plan.stepMs }),
    storage.query(jobsQuery, window),
  ]);
  const gauges = byKey(latest, (row) => `${row.metric} ${row.queue}`);
  const jobsOf = byKey(jobs, (row) => row.queue);
  const pointOf = byKey(points, (row) => `${row.start_ms} ${row.metric} ${row.queue}`);
  const names = [...new Set([...latest, ...jobs].map((row) => row.queue))];
  const queues = names.map((queue): Queue => {
    const gauge = (metric: string) => gauges.get(`${metric} ${queue}`);
    const point = (startMs: number, metric: string) =>
      pointOf.get(`${startMs} ${metric} ${queue}`)?.value ?? null;
    const reports = Object.keys(gaugeNames).map(gauge);
    const work = jobsOf.get(queue);
    return {
      queue,
      services: [
        ...new Set([...reports.flatMap((row) => row?.services ?? []), ...(work?.services ?? [])]),
      ].toSorted(),
      depth: gauge(QUEUE_DEPTH_METRIC)?.value ?? null,
      oldestAgeMs: gauge(QUEUE_OLDEST_AGE_METRIC)?.value ?? null,
      inFlight: gauge(QUEUE_IN_FLIGHT_METRIC)?.value ?? null,
      failed: gauge(QUEUE_FAILED_METRIC)?.value ?? null,
      growthPerSecond: gauge(QUEUE_DEPTH_METRIC)?.growth ?? null,
      lastSeenMs: Math.max(work?.last_seen_ms ?? 0, ...reports.map((row) => row?.last_seen_ms ?? 0)),
      points: plan.starts.map((startMs) => ({
        startMs,
        depth: point(startMs, QUEUE_DEPTH_METRIC),
        oldestAgeMs: point(startMs, QUEUE_OLDEST_AGE_METRIC),
      })),
      jobs: jobsOfQueue(work, plan),
    };
  });
  return {
    queues: queues.toSorted((a, b) => (b.depth ?? -1) - (a.depth ?? -1) || a.queue.localeCompare(b.queue)),
    stepMs: plan.stepMs,
  };
}

/** Gauges of `observeQueue`, and how each is told to the reader: ages in milliseconds whatever unit they came in. */
const gaugeNames: Readonly<Record<string, true>> = {
  [QUEUE_DEPTH_METRIC]: true,
  [QUEUE_OLDEST_AGE_METRIC]: true,
  [QUEUE_IN_FLIGHT_METRIC]: true,
  [QUEUE_FAILED_METRIC]: true,
};
const names = Object.keys(gaugeNames)
  .map((name) => `'${name}'`)
  .join(', ');
const value = "if(m.unit = 's', m.value * 1000, m.value)";

// Several processes report the same queue as they see it: the largest view is shown, never their sum.
const latestRow = z.object({
  queue: z.string(),
  metric: z.string(),
  services: z.array(z.string()),
  value: z.number(),
  growth: z.number().nullable(),
  last_seen_ms: z.number(),
});

const queuesMax = 1_000;

const latestQuery: Query<z.infer<typeof windowParams>, z.infer<typeof latestRow>> = {
  name: 'queues.latest',
  sql: (params) => `SELECT
  queue,
  metric,
  groupUniqArray(20)(service) AS services,
  max(last_value) AS value,
  avg(if(last_ms > first_ms, (last_value - earliest_value) * 1000 / (last_ms - first_ms), NULL)) AS growth,
  max(last_ms) AS last_seen_ms
FROM (
  SELECT
    m.queue AS queue,
    m.name AS metric,
    m.service AS service,
    argMax(${value}, m.time) AS last_value,
    argMin(${value}, m.time) AS earliest_value,
    toUnixTimestamp64Milli(min(m.time)) AS first_ms,
    toUnixTimestamp64Milli(max(m.time)) AS last_ms
  FROM metric_points AS m
  WHERE m.name IN (${names})
    AND ${during('m.time')}${and(params.environment !== undefined && 'm.environment = {environment:String}')}
    AND m.queue != ''
  GROUP BY m.queue, m.name, m.service, m.series_id
)
GROUP BY queue, metric
ORDER BY value DESC, queue
LIMIT ${queuesMax * 4}`,
  params: windowParams,
  row: latestRow,
};

const pointRow = z.object({ queue: z.string(), metric: z.string(), start_ms: z.number(), value: z.number() });

const pointsQuery: Query<z.infer<typeof stepParams>, z.infer<typeof pointRow>> = {
  name: 'queues.points',
  sql: (params) => `SELECT
  m.queue AS queue,
  m.name AS metric,
  intDiv(toUnixTimestamp64Milli(m.time), {stepMs:Int64}) * {stepMs:Int64} AS start_ms,
  max(${value}) AS value
FROM metric_points AS m
WHERE m.name IN ('${QUEUE_DEPTH_METRIC}', '${QUEUE_OLDEST_AGE_METRIC}')
  AND ${during('m.time')}${and(params.environment !== undefined && 'm.environment = {environment:String}')}
  AND m.queue != ''
GROUP BY m.queue, m.name, start_ms
LIMIT 100000`,
  params: stepParams,
  row: pointRow,
};

const jobsRow = z.object({
  queue: z.string(),
  services: z.array(z.string()),
  jobs: z.number(),
  errors: z.number(),
  quantiles: quantilesRow,
  last_seen_ms: z.number(),
});

// Kind 5 is CONSUMER.
const jobsQuery: Query<z.infer<typeof windowParams>, z.infer<typeof jobsRow>> = {
  name: 'queues.jobs',
  sql: (params) => `SELECT
  t.messaging_destination AS queue,
  groupUniqArray(20)(t.service) AS services,
  sum(toFloat64(t.weight)) AS jobs,
  sum(if(t.is_error, toFloat64(t.weight), 0)) AS errors,
  ${quantilesOf.rows()} AS quantiles,
  toUnixTimestamp64Milli(max(t.start_time)) AS last_seen_ms
FROM requests AS t
WHERE ${during('t.start_time')}
  AND t.kind = 5
  AND t.messaging_destination != ''${and(params.environment !== undefined && 't.environment = {environment:String}')}
GROUP BY t.messaging_destination
ORDER BY jobs DESC, queue
LIMIT ${queuesMax}`,
  params: windowParams,
  row: jobsRow,
};

function jobsOfQueue(work: z.infer<typeof jobsRow> | undefined, plan: Plan): Queue['jobs'] {
  if (work === undefined) return { count: 0, perSecond: 0, errorRate: null, p95Ms: null };
  return {
    count: work.jobs,
    perSecond: work.jobs / plan.seconds,
    errorRate: ratio(work.errors, work.jobs),
    p95Ms: msOf(work.quantiles[1]),
  };
}
