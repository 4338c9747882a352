import { z } from 'zod';
import type { Range, ResponseOf, ServiceDetail } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { findingsBy } from './finding-counts.ts';
import {
  databaseMs,
  databaseShare,
  perRequest,
  queriesBy,
  queriesByBucket,
  queriesTotal,
} from './request-queries.ts';
import {
  and,
  byKey,
  measures,
  msOf,
  quantilesRow,
  ratio,
  serviceMeasures,
  windowOf,
  windowParams,
  type Measures,
} from './sql.ts';
import { before, planRange, type Plan, type QueryContext, type SeriesSource } from './time.ts';

export interface ServiceRequest extends Range {
  readonly service: string;
  readonly operation?: string | undefined;
}

/** One service (or one of its operations) over the range, beside the range before it. */
export async function readService(
  { storage, nowMs }: QueryContext,
  request: ServiceRequest,
): Promise<ResponseOf<'service'>> {
  const plan = planRange(request, { nowMs });
  const scope = {
    service: request.service,
    ...(request.operation === undefined ? {} : { operation: request.operation }),
  };
  const now = { ...windowOf(plan, request.environment), ...scope };
  const earlier = { ...windowOf(before(plan), request.environment), ...scope };
  const stepped = { ...now, stepMs: plan.stepMs };
  const totals = totalQueries[plan.source];
  const [current, previous, points, queries, previousQueries, pointQueries, about, releases] =
    await Promise.all([
      storage.query(totals, now),
      storage.query(totals, earlier),
      storage.query(pointQueriesOf[plan.source], stepped),
      storage.query(queriesTotal, now),
      storage.query(queriesTotal, earlier),
      storage.query(queriesByBucket, stepped),
      storage.query(aboutQuery, { service: request.service }),
      storage.query(releasesQuery, { service: request.service }),
    ]);
  const pointOf = byKey(points, (row) => String(row.start_ms));
  const countsOf = byKey(pointQueries, (row) => String(row.start_ms));
  return {
    service: request.service,
    language: about[0]?.language ?? '',
    environments: (about[0]?.environments ?? []).filter((name) => name !== '').toSorted(),
    current: totalsOf(current[0], perRequest(queries[0])),
    previous: totalsOf(previous[0], perRequest(previousQueries[0])),
    releases: releases.map((row) => ({ release: row.release, firstSeenMs: row.first_seen_ms })),
    stepMs: plan.stepMs,
    points: plan.starts.map((startMs) => {
      const point = pointOf.get(String(startMs));
      const counts = countsOf.get(String(startMs));
      const meanNs = point === undefined ? null : ratio(point.total_ns, point.requests);
      return {
        startMs,
        requests: point?.requests ?? 0,
        errors: point?.errors ?? 0,
        p50Ms: msOf(point?.quantiles[0]),
        p95Ms: msOf(point?.quantiles[1]),
        p99Ms: msOf(point?.quantiles[2]),
        queriesPerRequest: perRequest(counts),
        databaseMs: databaseMs(counts),
        meanMs: msOf(meanNs),
      };
    }),
  };
}

/** Operations of a service, those that cost most time first. */
export async function listOperations(
  { storage, nowMs }: QueryContext,
  request: Range & { readonly service: string },
): Promise<ResponseOf<'operations'>> {
  const plan: Plan = planRange(request, { nowMs });
  const window = { ...windowOf(plan, request.environment), service: request.service };
  const [rows, queries, findings] = await Promise.all([
    storage.query(operationQueries[plan.source], window),
    storage.query(queriesBy('operation'), window),
    storage.query(findingsBy('operation'), window),
  ]);
  const queriesOf = byKey(queries, (row) => row.key);
  const findingsOf = byKey(findings, (row) => row.key);
  return {
    operations: rows.map((row) => ({
      operation: row.operation,
      kind: row.kind,
      requests: row.requests,
      requestsPerSecond: row.requests / plan.seconds,
      errors: row.errors,
      errorRate: ratio(row.errors, row.requests) ?? 0,
      p50Ms: msOf(row.quantiles[0]) ?? 0,
      p95Ms: msOf(row.quantiles[1]) ?? 0,
      p99Ms: msOf(row.quantiles[2]) ?? 0,
      totalMs: row.total_ns / 1e6,
      queriesPerRequest: perRequest(queriesOf.get(row.operation)),
      databaseShare: databaseShare(queriesOf.get(row.operation)),
      findings: findingsOf.get(row.operation)?.findings ?? 0,
      lastSeenMs: row.last_seen_ms,
    })),
  };
}

const scopeParams = windowParams.extend({ service: z.string(), operation: z.string().optional() });
type ScopeParams = z.infer<typeof scopeParams>;
const steppedScopeParams = scopeParams.extend({ stepMs: z.number().int().positive() });

const totalsRow = z.object({
  requests: z.number(),
  errors: z.number(),
  total_ns: z.number(),
  quantiles: quantilesRow,
});

function columnsOf(source: SeriesSource): string {
  const of = measures[source];
  return `  ${of.requests} AS requests,
  ${of.errors} AS errors,
  ${of.totalNs} AS total_ns,
  ${of.quantiles} AS quantiles`;
}

function scopeOf(of: Measures, params: ScopeParams): string {
  return `FROM ${of.table} AS t
WHERE t.service = {service:String}
  AND ${of.during}${and(
    params.operation !== undefined && 't.operation = {operation:String}',
    params.environment !== undefined && 't.environment = {environment:String}',
  )}`;
}

/** The rollup without operations holds far fewer sketches, where one operation is not asked for. */
function chartMeasures(source: SeriesSource, params: ScopeParams): Measures {
  return (params.operation === undefined ? serviceMeasures : measures)[source];
}

function totals(source: SeriesSource): Query<ScopeParams, z.infer<typeof totalsRow>> {
  return {
    name: `service.totals_${source}`,
    sql: (params) => `SELECT\n${columnsOf(source)}\n${scopeOf(chartMeasures(source, params), params)}`,
    params: scopeParams,
    row: totalsRow,
  };
}
const totalQueries = { requests: totals('requests'), minutes: totals('minutes') };

const pointRow = totalsRow.extend({ start_ms: z.number() });
function points(source: SeriesSource): Query<z.infer<typeof steppedScopeParams>, z.infer<typeof pointRow>> {
  return {
    name: `service.points_${source}`,
    sql: (params) =>
      `SELECT\n  ${measures[source].bucket} AS start_ms,\n${columnsOf(source)}\n${scopeOf(chartMeasures(source, params), params)}
GROUP BY start_ms
LIMIT 1000`,
    params: steppedScopeParams,
    row: pointRow,
  };
}
const pointQueriesOf = { requests: points('requests'), minutes: points('minutes') };

const operationRow = totalsRow.extend({ operation: z.string(), kind: z.number(), last_seen_ms: z.number() });
function operations(source: SeriesSource): Query<ScopeParams, z.infer<typeof operationRow>> {
  return {
    name: `service.operations_${source}`,
    sql: (params) => `SELECT
  t.operation AS operation,
  any(t.kind) AS kind,
  max(${measures[source].timeMs}) AS last_seen_ms,
${columnsOf(source)}
${scopeOf(measures[source], params)}
GROUP BY t.operation
ORDER BY total_ns DESC, operation
LIMIT 2000`,
    params: scopeParams,
    row: operationRow,
  };
}
const operationQueries = { requests: operations('requests'), minutes: operations('minutes') };

const serviceParams = z.object({ service: z.string() });

// Over all retained time: a service that is silent in this range still has a language and releases.
const aboutQuery: Query<
  z.infer<typeof serviceParams>,
  { readonly language: string; readonly environments: string[] }
> = {
  name: 'service.about',
  sql: `SELECT
  argMax(language, minute) AS language,
  groupUniqArray(20)(environment) AS environments
FROM service_minutes
WHERE service = {service:String}`,
  params: serviceParams,
  row: z.object({ language: z.string(), environments: z.array(z.string()) }),
};

const releasesQuery: Query<
  z.infer<typeof serviceParams>,
  { readonly release: string; readonly first_seen_ms: number }
> = {
  name: 'service.releases',
  sql: `SELECT
  release,
  toUnixTimestamp64Milli(min(first_request)) AS first_seen_ms
FROM service_minutes
WHERE service = {service:String} AND release != ''
GROUP BY release
ORDER BY first_seen_ms DESC
LIMIT 50`,
  params: serviceParams,
  row: z.object({ release: z.string(), first_seen_ms: z.number() }),
};

function totalsOf(
  row: z.infer<typeof totalsRow> | undefined,
  queriesPerRequest: number | null,
): ServiceDetail['current'] {
  return {
    requests: row?.requests ?? 0,
    errors: row?.errors ?? 0,
    p50Ms: msOf(row?.quantiles[0]),
    p95Ms: msOf(row?.quantiles[1]),
    p99Ms: msOf(row?.quantiles[2]),
    queriesPerRequest,
  };
}
