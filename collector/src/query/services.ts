import { z } from 'zod';
import type { Range, ResponseOf, Service } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { findingsBy } from './finding-counts.ts';
import { databaseShare, perRequest, queriesBy, queriesByBucket } from './request-queries.ts';
import {
  and,
  byKey,
  serviceMeasures,
  msOf,
  quantilesRow,
  ratio,
  stepParams,
  windowOf,
  windowParams,
} from './sql.ts';
import { planRange, sparklineBucketsMax, type Plan, type QueryContext, type SeriesSource } from './time.ts';

/** Every service of the range, the busiest first. `firing` holds the alerts firing for a service. */
export async function listServices(
  { storage, nowMs }: QueryContext,
  range: Range,
  firing: ReadonlyMap<string, number> = new Map(),
): Promise<ResponseOf<'services'>> {
  const plan = planRange(range, { nowMs, buckets: sparklineBucketsMax });
  const window = windowOf(plan, range.environment);
  const stepped = { ...window, stepMs: plan.stepMs };
  const [rows, points, queries, pointQueries, findings] = await Promise.all([
    storage.query(overviewQueries[plan.source], window),
    storage.query(sparklineQueries[plan.source], stepped),
    storage.query(queriesBy('service'), window),
    storage.query(queriesByBucket, stepped),
    storage.query(findingsBy('service'), window),
  ]);
  const queriesOf = byKey(queries, (row) => row.key);
  const findingsOf = byKey(findings, (row) => row.key);
  const pointOf = byKey(points, (row) => pointKey(row.service, row.start_ms));
  const pointQueriesOf = byKey(pointQueries, (row) => pointKey(row.key, row.start_ms));
  const services = rows.map((row): Service => ({
    service: row.service,
    language: row.language,
    environments: row.environments.filter((name) => name !== '').toSorted(),
    requests: row.requests,
    requestsPerSecond: row.requests / plan.seconds,
    errors: row.errors,
    errorRate: ratio(row.errors, row.requests) ?? 0,
    p50Ms: msOf(row.quantiles[0]) ?? 0,
    p95Ms: msOf(row.quantiles[1]) ?? 0,
    p99Ms: msOf(row.quantiles[2]) ?? 0,
    queriesPerRequest: perRequest(queriesOf.get(row.service)),
    databaseShare: databaseShare(queriesOf.get(row.service)),
    findings: findingsOf.get(row.service)?.findings ?? 0,
    firingAlerts: firing.get(row.service) ?? 0,
    release: row.latest_release,
    lastSeenMs: row.last_seen_ms,
    sparkline: sparkline(plan, {
      point: (startMs) => pointOf.get(pointKey(row.service, startMs)),
      queries: (startMs) => perRequest(pointQueriesOf.get(pointKey(row.service, startMs))),
    }),
  }));
  return { services, stepMs: plan.stepMs };
}

const servicesMax = 2_000;

const overviewRow = z.object({
  service: z.string(),
  language: z.string(),
  environments: z.array(z.string()),
  requests: z.number(),
  errors: z.number(),
  quantiles: quantilesRow,
  latest_release: z.string(),
  last_seen_ms: z.number(),
});

function overview(source: SeriesSource): Query<z.infer<typeof windowParams>, z.infer<typeof overviewRow>> {
  const of = serviceMeasures[source];
  return {
    name: `services.overview_${source}`,
    sql: (params) => `SELECT
  t.service AS service,
  argMax(t.language, ${of.timeMs}) AS language,
  groupUniqArray(20)(t.environment) AS environments,
  ${of.requests} AS requests,
  ${of.errors} AS errors,
  ${of.quantiles} AS quantiles,
  argMax(t.release, ${of.timeMs}) AS latest_release,
  max(${of.timeMs}) AS last_seen_ms
FROM ${of.table} AS t
WHERE ${of.during}${and(params.environment !== undefined && 't.environment = {environment:String}')}
GROUP BY t.service
ORDER BY requests DESC, service
LIMIT ${servicesMax}`,
    params: windowParams,
    row: overviewRow,
  };
}

const overviewQueries = { requests: overview('requests'), minutes: overview('minutes') };

const pointRow = z.object({
  service: z.string(),
  start_ms: z.number(),
  requests: z.number(),
  errors: z.number(),
  quantiles: quantilesRow,
});
type PointRow = z.infer<typeof pointRow>;

function sparklines(source: SeriesSource): Query<z.infer<typeof stepParams>, PointRow> {
  const of = serviceMeasures[source];
  return {
    name: `services.sparklines_${source}`,
    sql: (params) => `SELECT
  t.service AS service,
  ${of.bucket} AS start_ms,
  ${of.requests} AS requests,
  ${of.errors} AS errors,
  ${of.quantiles} AS quantiles
FROM ${of.table} AS t
WHERE ${of.during}${and(params.environment !== undefined && 't.environment = {environment:String}')}
GROUP BY t.service, start_ms
LIMIT 100000`,
    params: stepParams,
    row: pointRow,
  };
}

const sparklineQueries = { requests: sparklines('requests'), minutes: sparklines('minutes') };

function sparkline(
  plan: Plan,
  at: {
    readonly point: (startMs: number) => PointRow | undefined;
    readonly queries: (startMs: number) => number | null;
  },
): Service['sparkline'] {
  const points = plan.starts.map((startMs) => at.point(startMs));
  return {
    startMs: [...plan.starts],
    requests: points.map((point) => point?.requests ?? 0),
    errorRate: points.map((point) => (point === undefined ? null : ratio(point.errors, point.requests))),
    p95Ms: points.map((point) => msOf(point?.quantiles[1])),
    queriesPerRequest: plan.starts.map((startMs) => at.queries(startMs)),
  };
}

function pointKey(service: string, startMs: number): string {
  return `${startMs} ${service}`;
}
