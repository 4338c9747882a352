import { z } from 'zod';
import { positiveDuration } from './duration.ts';
import { filter } from './matcher.ts';
import { slo } from './slo.ts';

export { matcher } from './matcher.ts';
export type { Matcher } from './matcher.ts';

export const labels = z.record(z.string(), z.string());
export type Labels = Readonly<Record<string, string>>;

const latency = z.strictObject({
  kind: z.literal('latency'),
  quantile: z.number().gt(0).lt(1, 'must be below 1, write 0.95 for p95'),
  filter,
});
const errorRate = z.strictObject({
  kind: z.literal('error_rate'),
  filter,
  /** Which requests failed; absent: status ERROR, or a server answering 5xx. */
  errorWhen: filter,
});
const throughput = z.strictObject({ kind: z.literal('throughput'), filter });
const queriesPerRequest = z.strictObject({
  kind: z.literal('queries_per_request'),
  agg: z.enum(['avg', 'max']).default('avg'),
  /** previous_release: the average as a multiple of what the same operations needed in the release before. */
  compare: z.enum(['none', 'previous_release']).default('none'),
  filter,
});
const queue = z.strictObject({
  kind: z.literal('queue'),
  metric: z.enum(['depth', 'oldest_age', 'lag']),
  agg: z.enum(['max', 'last', 'avg', 'min']).default('max'),
  filter,
});
const metric = z.strictObject({
  kind: z.literal('metric'),
  name: z.string().min(1, 'is empty, name the metric, for example nodejs.eventloop.delay.p99'),
  agg: z.enum(['avg', 'max', 'min', 'sum', 'last', 'rate']),
  unit: z.string().default(''),
  filter,
});
/** Log records in the window. None is 0, not missing data. */
const logs = z.strictObject({ kind: z.literal('logs'), filter });

/** What a baseline can be of. */
export const measuredSignal = z.discriminatedUnion('kind', [
  latency,
  errorRate,
  throughput,
  queriesPerRequest,
  queue,
  metric,
  logs,
]);
export type MeasuredSignal = Readonly<z.infer<typeof measuredSignal>>;

/** Requests, records or points in the window: fewer than one means that whoever should call has not called. */
const heartbeat = z.strictObject({
  kind: z.literal('heartbeat'),
  of: z.enum(['requests', 'logs', 'metrics']).default('requests'),
  filter,
});
/** How fast the error budget burns, as a multiple of what the period allows. Its conditions come from the objective. */
const burnRate = z.strictObject({ kind: z.literal('burn_rate'), slo });
/** How far a value is from what is usual at this hour of the week, in median absolute deviations. */
const baseline = z.strictObject({
  kind: z.literal('baseline'),
  of: measuredSignal,
  seasonality: z.literal('hour_of_week').default('hour_of_week'),
  history: positiveDuration.default('28d'),
  /** The usual is the median, give or take so many deviations. Used where the rule has no conditions. */
  band: z.number().gt(0).max(100).default(4),
});
/** Requests in the window with a finding that was not there before `newFor`. None is 0. */
const newFinding = z.strictObject({
  kind: z.literal('new_finding'),
  newFor: positiveDuration.default('1d'),
  filter,
});

/** What is measured. `samples` in a reading counts requests, log records or points. */
export const signal = z.discriminatedUnion(
  'kind',
  [...measuredSignal.options, heartbeat, burnRate, baseline, newFinding],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'unknown kind, write latency, error_rate, throughput, queries_per_request, queue, metric, logs, ' +
          'heartbeat, burn_rate, baseline or new_finding'
        : undefined,
  },
);
export type Signal = Readonly<z.infer<typeof signal>>;
export type SignalOf<Kind extends Signal['kind']> = Extract<Signal, { kind: Kind }>;

/** Latency is in ms, error_rate in percent (0 to 100), throughput in requests a second, oldest_age in seconds. */
export function unitOf(measured: Signal): string {
  switch (measured.kind) {
    case 'latency':
      return 'ms';
    case 'error_rate':
      return '%';
    case 'throughput':
      return 'req/s';
    case 'queries_per_request':
      return measured.compare === 'none' ? 'queries' : '× the previous release';
    case 'queue':
      return measured.metric === 'oldest_age' ? 's' : 'jobs';
    case 'metric':
      return measured.unit;
    case 'logs':
      return 'records';
    case 'heartbeat':
      return measured.of === 'requests' ? 'requests' : measured.of === 'logs' ? 'records' : 'points';
    case 'burn_rate':
      return '× the budget';
    case 'baseline':
      return 'deviations';
    case 'new_finding':
      return 'requests';
    default:
      return assertNever(measured);
  }
}

/** Signals that count: a group that is not in the reading has the value 0. */
export function isZeroWhenAbsent({ kind }: Signal): boolean {
  return kind === 'logs' || kind === 'heartbeat' || kind === 'new_finding';
}

function assertNever(value: never): never {
  throw new Error(`unreachable signal ${JSON.stringify(value)}`);
}
