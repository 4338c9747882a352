import type { MetricSeriesSearch, ResponseOf } from '../contract/index.ts';
import { histogramQuantile } from './histogram.ts';
import {
  aboutMetricQuery,
  increasesQuery,
  labelsQuery,
  valuesQuery,
  type IncreaseRow,
  type SeriesParams,
} from './metric-series-sql.ts';
import { ratio, windowOf } from './sql.ts';
import { planRange, type Plan, type QueryContext } from './time.ts';

export type Aggregation = NonNullable<MetricSeriesSearch['aggregation']>;

/** Series of one metric, one a value of `groupBy`, those with most points first. */
export async function readMetricSeries(
  { storage, nowMs }: QueryContext,
  search: MetricSeriesSearch,
): Promise<ResponseOf<'metricSeries'>> {
  const plan = planRange(search, { nowMs });
  const scope = {
    ...windowOf(plan, search.environment),
    name: search.name,
    service: search.service,
    groupBy: search.groupBy,
  };
  const [about] = await storage.query(aboutMetricQuery, scope);
  const aggregation = search.aggregation ?? defaultAggregation(about);
  const answer = { name: search.name, unit: about?.unit ?? '', aggregation, stepMs: plan.stepMs };
  if (about === undefined || about.points === 0) return { ...answer, series: [], omitted: 0 };
  const labels = await storage.query(labelsQuery, { ...scope, rows: labelsMax });
  const shown = labels.slice(0, search.limit).map((row) => row.label);
  const params: SeriesParams = { ...scope, labels: shown, stepMs: plan.stepMs };
  const isDistribution = distributionTypes.has(about.type);
  const values =
    isDistribution || aggregation === 'rate'
      ? increaseValues(await storage.query(increasesQuery, params), {
          aggregation,
          isDistribution,
          plan,
          nowMs,
        })
      : new Map(
          (await storage.query(valuesQuery, { ...params, aggregation: scalarOf(aggregation) })).map(
            (row) => [pointKey(row.label, row.start_ms), row.value] as const,
          ),
        );
  return {
    ...answer,
    series: shown.map((label) => ({
      labels: search.groupBy === undefined ? {} : Object.fromEntries([[search.groupBy, label]]),
      points: plan.starts.map((startMs) => ({
        startMs,
        value: values.get(pointKey(label, startMs)) ?? null,
      })),
    })),
    omitted: Math.max(0, labels.length - shown.length),
  };
}

/** Distinct label values looked at; beyond it they are not even counted. */
const labelsMax = 5_000;

const distributionTypes: ReadonlySet<string> = new Set(['histogram', 'exponential_histogram', 'summary']);

function defaultAggregation(
  about: { readonly type: string; readonly is_monotonic: boolean } | undefined,
): Aggregation {
  if (about === undefined) return 'avg';
  if (about.type === 'summary') return 'avg';
  if (distributionTypes.has(about.type)) return 'p95';
  return about.type === 'sum' && about.is_monotonic ? 'rate' : 'avg';
}

const quantiles: Readonly<Partial<Record<Aggregation, number>>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** A gauge or sum has one value a point: its quantiles are asked of the engine as what they come nearest to. */
function scalarOf(aggregation: Aggregation): 'avg' | 'max' | 'min' | 'sum' | 'last' | 'p50' | 'p95' | 'p99' {
  return aggregation === 'rate' ? 'avg' : aggregation;
}

function increaseValues(
  rows: readonly IncreaseRow[],
  given: {
    readonly aggregation: Aggregation;
    readonly isDistribution: boolean;
    readonly plan: Plan;
    readonly nowMs: number;
  },
): ReadonlyMap<string, number | null> {
  const groups = new Map<string, IncreaseRow[]>();
  for (const row of rows) {
    const key = pointKey(row.label, row.start_ms);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const values = new Map<string, number | null>();
  for (const [key, group] of groups) {
    const seconds = passedSeconds(group[0]?.start_ms ?? 0, given);
    values.set(
      key,
      given.isDistribution
        ? distributionValue(group, { ...given, seconds })
        : sumOf(group, 'value') / seconds,
    );
  }
  return values;
}

function distributionValue(
  group: readonly IncreaseRow[],
  given: { readonly aggregation: Aggregation; readonly seconds: number },
): number | null {
  const quantile = quantiles[given.aggregation];
  if (quantile !== undefined) {
    return histogramQuantile(
      group.map((row) => ({ bounds: row.bounds, counts: row.counts })),
      quantile,
    );
  }
  switch (given.aggregation) {
    case 'rate':
      return sumOf(group, 'count') / given.seconds;
    case 'sum':
      return sumOf(group, 'sum');
    case 'max':
      return group.reduce((most, row) => Math.max(most, row.max), Number.NEGATIVE_INFINITY);
    case 'min':
      return group.reduce((least, row) => Math.min(least, row.min), Number.POSITIVE_INFINITY);
    case 'avg':
    case 'last':
    case 'p50':
    case 'p95':
    case 'p99':
      return ratio(sumOf(group, 'sum'), sumOf(group, 'count'));
    default:
      return assertNever(given.aggregation);
  }
}

function sumOf(group: readonly IncreaseRow[], column: 'value' | 'count' | 'sum'): number {
  return group.reduce((total, row) => total + row[column], 0);
}

/** Length of a bucket, or of the part of it that has passed: the last rate does not dip. */
function passedSeconds(
  startMs: number,
  { plan, nowMs }: { readonly plan: Plan; readonly nowMs: number },
): number {
  const endMs = Math.min(startMs + plan.stepMs, Math.max(nowMs, plan.fromMs + 1_000));
  return Math.max(1_000, endMs - Math.max(startMs, plan.fromMs)) / 1_000;
}

function pointKey(label: string, startMs: number): string {
  return `${startMs} ${label}`;
}

function assertNever(value: never): never {
  throw new Error(`unreachable aggregation ${String(value)}`);
}
