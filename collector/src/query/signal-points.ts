import type { MetricQuery } from '@nightjar/alerts';
import type { SignalOf } from '@nightjar/alerts/schema';
import { pointLabel, queueMetrics } from './signal-binding.ts';
import type { Binding } from './signal-binding.ts';
import { tail } from './signal-parts.ts';
import type { Parts } from './signal-parts.ts';
import { during } from './sql.ts';

type PointAggregation = 'avg' | 'max' | 'min' | 'sum' | 'last';

const pointAggregations: Readonly<Record<PointAggregation, (value: string) => string>> = {
  avg: (value) => `avg(${value})`,
  max: (value) => `max(${value})`,
  min: (value) => `min(${value})`,
  sum: (value) => `sum(${value})`,
  last: (value) => `argMax(${value}, t.time)`,
};

// Several processes report the same queue as they see it: the largest view counts, never their sum.
export function queueParts(signal: SignalOf<'queue'>, binding: Binding): Parts {
  const names = queueMetrics[signal.metric].map((name) => binding.add(name)).join(', ');
  const where = `t.name IN (${names})\n    AND ${during('t.time')}`;
  if (signal.metric === 'lag') return lagParts({ signal, binding, where });
  const measured = signal.metric === 'oldest_age' ? "if(t.unit = 'ms', t.value / 1000, t.value)" : 't.value';
  return {
    labelOf: pointLabel(binding),
    where: `${where}\n    AND t.queue != ''`,
    select: (labels, filter) => `SELECT
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
  WHERE ${filter}
  GROUP BY labels, t.queue, t.series_id
)
${tail}`,
  };
}

const queueOfLag = "if(t.queue != '', toString(t.queue), t.attributes['topic'])";

// A consumer group lags in each partition on its own, so they add up; who reports a partition does not matter.
function lagParts(given: {
  readonly signal: SignalOf<'queue'>;
  readonly binding: Binding;
  readonly where: string;
}): Parts {
  const labelOf = pointLabel(given.binding);
  return {
    labelOf: (label) => (label === 'queue' ? queueOfLag : labelOf(label)),
    where: given.where,
    select: (labels, filter) => `SELECT
  labels,
  max(group_value) AS value,
  sum(points) AS samples
FROM (
  SELECT labels, queue, consumer, sum(partition_value) AS group_value, sum(points) AS points
  FROM (
    SELECT
      ${labels} AS labels,
      ${queueOfLag} AS queue,
      concat(t.attributes['group'], t.attributes['messaging.consumer.group.name']) AS consumer,
      concat(t.attributes['partition'], t.attributes['messaging.destination.partition.id']) AS part,
      ${pointAggregations[given.signal.agg]('t.value')} AS partition_value,
      count() AS points
    FROM metric_points AS t
    WHERE ${filter}
    GROUP BY labels, queue, consumer, part
  )
  GROUP BY labels, queue, consumer
)
${tail}`,
  };
}

export function metricParts(
  asked: MetricQuery,
  { signal, binding }: { readonly signal: SignalOf<'metric'>; readonly binding: Binding },
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
