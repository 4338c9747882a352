import type { MetricQuery } from '@nightjar/alerts';
import type { Signal } from '@nightjar/alerts/schema';
import { Binding, listed, pointLabel, queriesLabels, queueMetrics, requestLabels } from './signal-binding.ts';
import type { BoundTexts } from './signal-binding.ts';
import { during, duringMinutes, measures, quantilesOf } from './sql.ts';

export type { BoundTexts } from './signal-binding.ts';

export interface SignalSql {
  /** Yields `labels`, `value`, `samples`; the groups with most samples first, one more than asked for. */
  readonly sql: string;
  readonly bound: BoundTexts;
}

/** The statement that measures a signal. Labels are columns from a list, or attributes by bound name; values are bound. */
export function signalSql(asked: MetricQuery): SignalSql {
  const binding = new Binding({ fromMs: asked.fromMs, toMs: asked.toMs, rows: asked.groupsMax + 1 });
  const parts = partsOf(asked, binding);
  const labels = asked.groupBy.map((label) => parts.labelOf(label));
  const conditions = (asked.signal.filter ?? []).map((matcher) =>
    binding.match(parts.labelOf(matcher.label), matcher),
  );
  const where = [parts.where, ...conditions].join('\n    AND ');
  return { sql: parts.select(`[${labels.join(', ')}]`, where), bound: binding.bound };
}

interface Parts {
  readonly labelOf: (label: string) => string;
  readonly where: string;
  readonly select: (labels: string, where: string) => string;
}

const tail = `GROUP BY labels
ORDER BY samples DESC, labels
LIMIT {rows:UInt32}`;

function partsOf(asked: MetricQuery, binding: Binding): Parts {
  const { signal } = asked;
  switch (signal.kind) {
    case 'latency':
    case 'error_rate':
    case 'throughput':
      return requestParts(asked, signal);
    case 'queries_per_request':
      return queriesParts(signal);
    case 'queue':
      return queueParts(signal, binding);
    case 'metric':
      return metricParts(asked, { signal, binding });
    default:
      return assertNever(signal);
  }
}

type RequestSignal = Extract<Signal, { kind: 'latency' | 'error_rate' | 'throughput' }>;

function requestParts(asked: MetricQuery, signal: RequestSignal): Parts {
  const isWholeMinutes = asked.fromMs % 60_000 === 0 && asked.toMs % 60_000 === 0;
  const source = isWholeMinutes ? 'minutes' : 'requests';
  const of = measures[source];
  const seconds = Math.max(1, asked.toMs - asked.fromMs) / 1_000;
  const valueOf = (): string => {
    switch (signal.kind) {
      case 'latency':
        return isWholeMinutes
          ? `${quantilesOf.sketches(`(0.01, ${signal.quantile})`)}[1] / 1000000`
          : `${quantilesOf.rows(`(0.01, ${signal.quantile})`)}[1] / 1000000`;
      case 'error_rate':
        return `100 * ${of.errors} / ${of.requests}`;
      case 'throughput':
        return `${of.requests} / ${seconds}`;
      default:
        return assertNever(signal);
    }
  };
  return {
    labelOf: listed(requestLabels, signal.kind),
    where: of.during,
    select: (labels, where) => `SELECT
  ${labels} AS labels,
  ${valueOf()} AS value,
  ${of.samples} AS samples
FROM ${of.table} AS t
WHERE ${where}
${tail}`,
  };
}

function queriesParts(signal: Extract<Signal, { kind: 'queries_per_request' }>): Parts {
  const value =
    signal.agg === 'max'
      ? 'max(t.query_count)'
      : 'sum(toFloat64(t.query_count) * t.weight) / sum(toFloat64(t.weight))';
  return {
    labelOf: listed(queriesLabels, signal.kind),
    where: `${duringMinutes}\n    AND ${during('t.start_time')}`,
    select: (labels, where) => `SELECT
  ${labels} AS labels,
  ${value} AS value,
  count() AS samples
FROM request_queries AS t FINAL
WHERE ${where}
${tail}`,
  };
}

type PointAggregation = 'avg' | 'max' | 'min' | 'sum' | 'last';

const pointAggregations: Readonly<Record<PointAggregation, (value: string) => string>> = {
  avg: (value) => `avg(${value})`,
  max: (value) => `max(${value})`,
  min: (value) => `min(${value})`,
  sum: (value) => `sum(${value})`,
  last: (value) => `argMax(${value}, t.time)`,
};

// Several processes report the same queue as they see it: the largest view counts, never their sum.
function queueParts(signal: Extract<Signal, { kind: 'queue' }>, binding: Binding): Parts {
  const names = queueMetrics[signal.metric].map((name) => binding.add(name)).join(', ');
  const measured = signal.metric === 'oldest_age' ? "if(t.unit = 'ms', t.value / 1000, t.value)" : 't.value';
  return {
    labelOf: pointLabel(binding),
    where: `t.name IN (${names})\n    AND ${during('t.time')}\n    AND t.queue != ''`,
    select: (labels, where) => `SELECT
  labels,
  max(series_value) AS value,
  sum(points) AS samples
FROM (
  SELECT
    ${labels} AS labels,
    t.queue AS queue,
    ${pointAggregations[signal.agg](measured)} AS series_value,
    count() AS points
  FROM metric_points AS t
  WHERE ${where}
  GROUP BY labels, t.queue, t.series_id
)
${tail}`,
  };
}

function metricParts(
  asked: MetricQuery,
  { signal, binding }: { readonly signal: Extract<Signal, { kind: 'metric' }>; readonly binding: Binding },
): Parts {
  const parts = {
    labelOf: pointLabel(binding),
    where: `t.name = ${binding.add(signal.name)}\n    AND ${during('t.time')}`,
  };
  if (signal.agg === 'rate') return { ...parts, select: rateSelect(asked) };
  // A histogram's point has no value of its own: its mean stands for it.
  const value = pointAggregations[signal.agg](
    "if(t.type IN ('histogram', 'exponential_histogram', 'summary'), t.sum / t.count, t.value)",
  );
  return {
    ...parts,
    select: (labels, where) => `SELECT
  ${labels} AS labels,
  ${value} AS value,
  count() AS samples
FROM metric_points AS t
WHERE ${where}
${tail}`,
  };
}

/** Increase a second of a counter; of a histogram, of its count. After a restart a cumulative point is worth all of itself. */
function rateSelect(asked: MetricQuery): Parts['select'] {
  const seconds = Math.max(1, asked.toMs - asked.fromMs) / 1_000;
  return (labels, where) => `SELECT
  labels,
  sum(multiIf(temporality = 1, now_value, now_value >= earlier_value, now_value - earlier_value, now_value)) / ${seconds} AS value,
  count() AS samples
FROM (
  SELECT
    ${labels} AS labels,
    t.temporality AS temporality,
    if(t.type = 'sum' OR t.type = 'gauge', t.value, toFloat64(t.count)) AS now_value,
    lagInFrame(now_value, 1, now_value) OVER earlier AS earlier_value
  FROM metric_points AS t
  WHERE ${where}
  WINDOW earlier AS (PARTITION BY t.series_id ORDER BY t.time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
${tail}`;
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
