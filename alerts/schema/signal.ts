import { z } from 'zod';

export const labels = z.record(z.string(), z.string());
export type Labels = Readonly<Record<string, string>>;

/** One test on a label. All matchers of a filter must hold. Regular expressions are RE2, anchored at both ends. */
export const matcher = z.strictObject({
  label: z.string().min(1, 'is empty, name the label to test, for example service'),
  op: z.enum(['=', '!=', '=~', '!~']).default('='),
  value: z.string(),
});
export type Matcher = Readonly<z.infer<typeof matcher>>;

const filter = z.array(matcher).max(20, 'has more than 20 matchers, use a regular expression').optional();

/** What is measured. `samples` in a reading counts requests for the first four kinds, points for the others. */
export const signal = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('latency'),
      quantile: z.number().gt(0).lt(1, 'must be below 1, write 0.95 for p95'),
      filter,
    }),
    z.strictObject({ kind: z.literal('error_rate'), filter }),
    z.strictObject({ kind: z.literal('throughput'), filter }),
    z.strictObject({
      kind: z.literal('queries_per_request'),
      agg: z.enum(['avg', 'max']).default('avg'),
      filter,
    }),
    z.strictObject({
      kind: z.literal('queue'),
      metric: z.enum(['depth', 'oldest_age', 'lag']),
      agg: z.enum(['max', 'last', 'avg', 'min']).default('max'),
      filter,
    }),
    z.strictObject({
      kind: z.literal('metric'),
      name: z.string().min(1, 'is empty, name the metric, for example nodejs.eventloop.delay.p99'),
      agg: z.enum(['avg', 'max', 'min', 'sum', 'last', 'rate']),
      unit: z.string().default(''),
      filter,
    }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'unknown kind, write latency, error_rate, throughput, queries_per_request, queue or metric'
        : undefined,
  },
);
export type Signal = Readonly<z.infer<typeof signal>>;

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
      return 'queries';
    case 'queue':
      return measured.metric === 'oldest_age' ? 's' : 'jobs';
    case 'metric':
      return measured.unit;
    default:
      return assertNever(measured);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable signal ${JSON.stringify(value)}`);
}
