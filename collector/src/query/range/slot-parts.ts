import type { RangeQuery } from '@nightjar/alerts';
import type { Matcher, Signal, SignalOf } from '@nightjar/alerts/schema';
import { listed, pointLabel, queriesLabels, queueMetrics } from '../signal-binding.ts';
import type { Binding } from '../signal-binding.ts';
import { heartbeatParts, logParts } from '../signal-counts.ts';
import type { Parts } from '../signal-parts.ts';
import { badText, badWhenOf, operationLabels, requestLabels } from '../signal-requests.ts';
import { during, duringMinutes, measures, serviceMeasures } from '../sql.ts';
import type { SlotGrid } from './grid.ts';

/** How a window's value comes of its slots' `a` and `b`. */
export type SlotForm =
  | { readonly kind: 'sum'; readonly scale: number }
  | { readonly kind: 'ratio'; readonly scale: number }
  | { readonly kind: 'max' | 'min' | 'last' }
  /** `a` is the slowest request: the quantile lies at or below it. */
  | { readonly kind: 'bound' };

export interface SlotPlan {
  readonly query: RangeQuery;
  readonly grid: SlotGrid;
  /** Rollups a minute, or rows. */
  readonly source: 'minutes' | 'requests';
}

/** Signals whose every tick comes of one statement a day; the others look at more than their window, or twice over. */
export function isSliceable(signal: Signal): boolean {
  const { kind } = signal;
  if (kind === 'queries_per_request') return signal.compare === 'none';
  if (kind === 'queue') return signal.metric !== 'lag';
  return kind !== 'baseline' && kind !== 'new_finding';
}

/** What the rollups of minutes do not know: a status, a limit of time, a label. */
export function needsRows({ signal, groupBy }: RangeQuery): boolean {
  if (!isOfRequests(signal)) return true;
  const known: readonly string[] = operationLabels;
  const labels = [...groupBy, ...filterOf(signal).map(({ label }) => label)];
  return badWhenOf(signal) !== undefined || labels.some((label) => !known.includes(label));
}

const requestKinds: ReadonlySet<Signal['kind']> = new Set([
  'latency',
  'error_rate',
  'throughput',
  'burn_rate',
]);

function isOfRequests(signal: Signal): signal is RequestSignal {
  return requestKinds.has(signal.kind);
}

/** The requests, points or records that a signal is about. */
export function filterOf(signal: Signal): readonly Matcher[] {
  if (signal.kind === 'burn_rate') return signal.slo.filter ?? [];
  return (signal.kind === 'baseline' ? signal.of.filter : signal.filter) ?? [];
}

export interface SlotParts {
  readonly labelOf: (label: string) => string;
  readonly from: string;
  readonly where: string;
  readonly timeMs: string;
  readonly samples: string;
  readonly a: string;
  /** Absent where the form needs none. */
  readonly b?: string;
  readonly form: SlotForm;
  readonly series?: string;
}

type RequestSignal =
  SignalOf<'latency'> | SignalOf<'error_rate'> | SignalOf<'throughput'> | SignalOf<'burn_rate'>;

export function partsOf(plan: SlotPlan, binding: Binding): SlotParts {
  const parts = signalParts(plan, binding);
  return { ...parts, labelOf: (label) => bare(parts.labelOf(label)) };
}

// As text a column is slower to group by, and the sort order of the table no longer helps to find it.
function bare(label: string): string {
  return /^toString\((t\.\w+)\)$/.exec(label)?.[1] ?? label;
}

function signalParts(plan: SlotPlan, binding: Binding): SlotParts {
  const { signal } = plan.query;
  switch (signal.kind) {
    case 'latency':
    case 'error_rate':
    case 'throughput':
    case 'burn_rate':
      return requestParts(plan, { signal, binding });
    case 'queries_per_request':
      return queriesParts(signal);
    case 'queue':
      return queueParts(signal, binding);
    case 'metric':
      return metricParts(signal, { binding, windowMs: plan.query.windowMs });
    case 'logs':
      return countParts(logParts(binding), { table: 'logs', time: 'time' });
    case 'heartbeat':
      return countParts(heartbeatParts(signal, binding), heartbeatTables[signal.of]);
    case 'baseline':
    case 'new_finding':
      throw new Error(`signal ${signal.kind} cannot be cut into slots`);
    default:
      return assertNever(signal);
  }
}

function requestParts(
  { query, source }: SlotPlan,
  { signal, binding }: { readonly signal: RequestSignal; readonly binding: Binding },
): SlotParts {
  const labels = [...query.groupBy, ...filterOf(signal).map(({ label }) => label)];
  const of = (labels.includes('operation') ? measures : serviceMeasures)[source];
  const isRaw = source === 'requests';
  const highest = isRaw ? 'max(t.duration_ns)' : 'max(t.duration_max_ns)';
  const labelOf = listed(isRaw ? requestLabels : operationLabels, signal.kind);
  const shared = {
    labelOf,
    from: `${of.table} AS t`,
    where: of.during,
    timeMs: of.timeMs,
    samples: of.samples,
  };
  if (signal.kind === 'latency')
    return { ...shared, a: `intDiv(${highest} + 999, 1000) / 1000`, form: { kind: 'bound' } };
  if (signal.kind === 'throughput')
    return { ...shared, a: of.requests, form: { kind: 'sum', scale: 1_000 / query.windowMs } };
  const badWhen = badWhenOf(signal);
  const bad =
    badWhen === undefined
      ? of.errors
      : `sum(if(${badText(badWhen, { labelOf, binding })}, toFloat64(t.weight), 0))`;
  const scale = signal.kind === 'error_rate' ? 100 : 1 / (1 - signal.slo.objective / 100);
  return { ...shared, a: bad, b: of.requests, form: { kind: 'ratio', scale } };
}

function queriesParts(signal: Extract<Signal, { kind: 'queries_per_request' }>): SlotParts {
  const isMax = signal.agg === 'max';
  return {
    labelOf: listed(queriesLabels, signal.kind),
    from: 'request_queries AS t FINAL',
    where: `${duringMinutes}\n    AND ${during('t.start_time')}`,
    timeMs: 'toUnixTimestamp64Milli(t.start_time)',
    samples: 'count()',
    a: isMax ? 'max(t.query_count)' : 'sum(toFloat64(t.query_count) * t.weight)',
    ...(isMax ? {} : { b: 'sum(toFloat64(t.weight))' }),
    form: isMax ? { kind: 'max' } : { kind: 'ratio', scale: 1 },
  };
}

type PointAggregation = 'avg' | 'max' | 'min' | 'sum' | 'last';

function pointForm(agg: PointAggregation, value: string): Pick<SlotParts, 'a' | 'b' | 'form'> {
  switch (agg) {
    case 'avg':
      return { a: `sum(${value})`, b: 'count()', form: { kind: 'ratio', scale: 1 } };
    case 'max':
    case 'min':
      return { a: `${agg}(${value})`, form: { kind: agg } };
    case 'sum':
      return { a: `sum(${value})`, form: { kind: 'sum', scale: 1 } };
    case 'last':
      return { a: `argMax(${value}, t.time)`, form: { kind: 'last' } };
    default:
      return assertNever(agg);
  }
}

const pointTime = { timeMs: 'toUnixTimestamp64Milli(t.time)', samples: 'count()' };

// Several processes report the same queue as they see it: one series each, the largest counts.
function queueParts(signal: Extract<Signal, { kind: 'queue' }>, binding: Binding): SlotParts {
  const names = queueMetrics[signal.metric].map((name) => binding.add(name)).join(', ');
  const value = signal.metric === 'oldest_age' ? "if(t.unit = 'ms', t.value / 1000, t.value)" : 't.value';
  return {
    ...pointTime,
    ...pointForm(signal.agg, value),
    labelOf: pointLabel(binding),
    from: 'metric_points AS t',
    where: `t.name IN (${names})\n    AND ${during('t.time')}\n    AND t.queue != ''`,
    series: 'sipHash64(t.queue, t.series_id)',
  };
}

function metricParts(
  signal: Extract<Signal, { kind: 'metric' }>,
  { binding, windowMs }: { readonly binding: Binding; readonly windowMs: number },
): SlotParts {
  const shared = {
    ...pointTime,
    labelOf: pointLabel(binding),
    from: 'metric_points AS t',
    where: `t.name = ${binding.add(signal.name)}\n    AND ${during('t.time')}`,
  };
  if (signal.agg === 'rate') {
    return {
      ...shared,
      from: `(${increases(shared.where)}) AS t`,
      where: '1 = 1',
      a: 'sum(t.increase)',
      form: { kind: 'sum', scale: 1_000 / windowMs },
    };
  }
  // A histogram's point has no value of its own: its mean stands for it.
  const value = "if(t.type IN ('histogram', 'exponential_histogram', 'summary'), t.sum / t.count, t.value)";
  return { ...shared, ...pointForm(signal.agg, value) };
}

/** Each point with what its counter gained since the one before. */
function increases(where: string): string {
  return `SELECT
      t.service AS service,
      t.environment AS environment,
      t.queue AS queue,
      t.attributes AS attributes,
      t.time AS time,
      if(t.type = 'sum' OR t.type = 'gauge', t.value, toFloat64(t.count)) AS now_value,
      lagInFrame(now_value, 1, now_value) OVER earlier AS earlier_value,
      multiIf(t.temporality = 1, now_value, now_value >= earlier_value, now_value - earlier_value, now_value) AS increase
    FROM metric_points AS t
    WHERE ${where}
    WINDOW earlier AS (PARTITION BY t.series_id ORDER BY t.time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`;
}

const heartbeatTables = {
  requests: { table: 'requests', time: 'start_time' },
  logs: { table: 'logs', time: 'time' },
  metrics: { table: 'metric_points', time: 'time' },
} as const;

function countParts(
  { labelOf, where }: Parts,
  { table, time }: { readonly table: string; readonly time: string },
): SlotParts {
  return {
    labelOf,
    where,
    from: `${table} AS t`,
    timeMs: `toUnixTimestamp64Milli(toDateTime64(t.${time}, 3))`,
    samples: 'count()',
    a: 'count()',
    form: { kind: 'sum', scale: 1 },
  };
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
