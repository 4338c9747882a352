import type { MetricQuery } from '@nightjar/alerts';
import type { Matcher, SignalOf } from '@nightjar/alerts/schema';
import { listed } from './signal-binding.ts';
import type { Binding } from './signal-binding.ts';
import { assertNever, tail } from './signal-parts.ts';
import type { Parts } from './signal-parts.ts';
import { during, measures, quantilesOf } from './sql.ts';

type RequestSignal =
  SignalOf<'latency'> | SignalOf<'error_rate'> | SignalOf<'throughput'> | SignalOf<'burn_rate'>;

const minuteMs = 60_000;
/** Below it the requests themselves are as quick to read as their minutes. */
const rollupFromMs = 3 * minuteMs;

const serviceLabels = ['service', 'environment', 'release', 'language'] as const;
export const operationLabels = [...serviceLabels, 'operation'] as const;
export const requestLabels = [
  ...operationLabels,
  'http_status',
  'kind',
  'status',
  'messaging_destination',
] as const;

function filterOf(signal: RequestSignal): readonly Matcher[] | undefined {
  return signal.kind === 'burn_rate' ? signal.slo.filter : signal.filter;
}

/**
 * A window as it is, to the millisecond: whole minutes from the rollup, what sticks out at either end from the requests.
 * Whatever the rollup does not know (a status, a limit of time) is read from the requests alone.
 */
export function requestParts(
  asked: MetricQuery,
  { signal, binding }: { readonly signal: RequestSignal; readonly binding: Binding },
): Parts {
  const labels = [...asked.groupBy, ...(filterOf(signal) ?? []).map(({ label }) => label)];
  const isIn = (list: readonly string[]): boolean => labels.every((label) => list.includes(label));
  const badWhen = badWhenOf(signal);
  const inner = wholeMinutes(asked);
  if (badWhen !== undefined || !isIn(operationLabels) || inner === undefined)
    return rowParts({ asked, signal, binding, badWhen });
  const table = isIn(serviceLabels) ? 'service_minutes' : 'operation_minutes';
  return sliceParts({ asked, signal, binding, table, inner });
}

interface Minutes {
  readonly fromMs: number;
  readonly toMs: number;
}

function wholeMinutes({ fromMs, toMs }: MetricQuery): Minutes | undefined {
  if (toMs - fromMs < rollupFromMs) return undefined;
  return { fromMs: Math.ceil(fromMs / minuteMs) * minuteMs, toMs: Math.floor(toMs / minuteMs) * minuteMs };
}

export interface BadWhen {
  readonly matchers: readonly Matcher[] | undefined;
  readonly slowerThanMs: number | undefined;
}

export function badWhenOf(signal: RequestSignal): BadWhen | undefined {
  const given = signal.kind === 'burn_rate' ? signal.slo : signal;
  const matchers = 'errorWhen' in given ? given.errorWhen : undefined;
  const slowerThanMs = 'slowerThanMs' in given ? given.slowerThanMs : undefined;
  return matchers === undefined && slowerThanMs === undefined ? undefined : { matchers, slowerThanMs };
}

interface RowsAsked {
  readonly asked: MetricQuery;
  readonly signal: RequestSignal;
  readonly binding: Binding;
  readonly badWhen: BadWhen | undefined;
}

function rowParts({ asked, signal, binding, badWhen }: RowsAsked): Parts {
  const { requests, samples } = measures.requests;
  const labelOf = listed(requestLabels, signal.kind);
  const errors =
    badWhen === undefined
      ? measures.requests.errors
      : `sum(if(${badText(badWhen, { labelOf, binding })}, toFloat64(t.weight), 0))`;
  const quantile = signal.kind === 'latency' ? `${quantilesOf.rows(`(0.01, ${signal.quantile})`)}[1]` : '';
  const value = valueOf(asked, { signal, requests, errors, quantile });
  return {
    labelOf,
    where: during('t.start_time'),
    select: (labels, where) => `SELECT
  ${labels} AS labels,
  ${value} AS value,
  ${samples} AS samples
FROM requests AS t
WHERE ${where}
${tail}`,
  };
}

export function badText(
  { matchers, slowerThanMs }: BadWhen,
  { labelOf, binding }: { readonly labelOf: (label: string) => string; readonly binding: Binding },
): string {
  const failed =
    matchers === undefined
      ? 't.is_error'
      : matchers.map((matcher) => binding.match(labelOf(matcher.label), matcher)).join(' AND ');
  return slowerThanMs === undefined
    ? failed
    : `(${failed}) OR t.duration_ns > ${Math.round(slowerThanMs * 1e6)}`;
}

interface SlicesAsked {
  readonly asked: MetricQuery;
  readonly signal: RequestSignal;
  readonly binding: Binding;
  readonly table: 'service_minutes' | 'operation_minutes';
  readonly inner: Minutes;
}

function sliceParts({ asked, signal, binding, table, inner }: SlicesAsked): Parts {
  const isLatency = signal.kind === 'latency';
  const innerFrom = binding.addMs(inner.fromMs);
  const innerTo = binding.addMs(inner.toMs);
  const hasEdges = inner.fromMs !== asked.fromMs || inner.toMs !== asked.toMs;
  const quantile = isLatency ? `${quantilesOf.sketches(`(0.01, ${signal.quantile})`)}[1]` : '';
  const value = valueOf(asked, { signal, requests: 'sum(t.requests)', errors: 'sum(t.errors)', quantile });
  const minutes = (labels: string, where: string): string => `  SELECT
    ${labels} AS labels,
    ${[...counted, ...(isLatency ? timed : [])].map((column) => `t.${column} AS ${column}`).join(',\n    ')}
  FROM ${table} AS t
  WHERE t.minute >= toDateTime(intDiv(${innerFrom}, 1000)) AND t.minute < toDateTime(intDiv(${innerTo}, 1000))${where}`;
  const edges = (labels: string, where: string): string => `  SELECT
    ${labels} AS labels,
    sum(toFloat64(t.weight)) AS requests,
    sum(if(t.is_error, toFloat64(t.weight), 0)) AS errors,
    count() AS samples${isLatency ? timedOfRows : ''}
  FROM requests AS t
  WHERE (${during('t.start_time')})
    AND (t.start_time < fromUnixTimestamp64Milli(${innerFrom}) OR t.start_time >= fromUnixTimestamp64Milli(${innerTo}))${where}
  GROUP BY labels`;
  return {
    labelOf: listed(table === 'service_minutes' ? serviceLabels : operationLabels, signal.kind),
    where: '',
    select: (labels, filter) => {
      const where = filter === '' ? '' : `\n    AND ${filter}`;
      const slices = [minutes(labels, where), ...(hasEdges ? [edges(labels, where)] : [])];
      return `SELECT
  t.labels AS labels,
  ${value} AS value,
  toUInt64(sum(t.samples)) AS samples
FROM (
${slices.join('\n  UNION ALL\n')}
) AS t
${tail}`;
    },
  };
}

const counted = ['requests', 'errors', 'samples'] as const;
const timed = ['duration_max_ns', 'duration_quantiles'] as const;
const timedOfRows = `,
    max(t.duration_ns) AS duration_max_ns,
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(t.duration_ns) AS duration_quantiles`;

function valueOf(
  { fromMs, toMs }: MetricQuery,
  from: {
    readonly signal: RequestSignal;
    readonly requests: string;
    readonly errors: string;
    readonly quantile: string;
  },
): string {
  const { signal, requests, errors, quantile } = from;
  switch (signal.kind) {
    case 'latency':
      return `${quantile} / 1000000`;
    case 'error_rate':
      return `100 * ${errors} / ${requests}`;
    case 'throughput':
      return `${requests} / ${Math.max(1, toMs - fromMs) / 1_000}`;
    case 'burn_rate':
      return `${errors} / ${requests} / ${Number((1 - signal.slo.objective / 100).toPrecision(12))}`;
    default:
      return assertNever(signal);
  }
}
