/** Prometheus series as OpenTelemetry metrics, by the rules of the OpenTelemetry specification for the conversion. */
import { ValueType } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import type { PromMetric, PromValue } from './prom-registries.ts';

export interface SeriesSpan {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

export interface ConvertedSeries {
  readonly metrics: MetricData[];
  /** Series beyond `SERIES_MAX`. */
  readonly leftOut: number;
}

/** Over all registries and metrics; a histogram with its buckets is one. */
export const SERIES_MAX = 2_000;
const VALUE_CHARACTERS_MAX = 256;
const LABELS_MAX = 32;

/** A series that two registries share is told once: the first wins. */
export function convertSeries(
  read: readonly PromMetric[],
  { time, seriesMax = SERIES_MAX }: { readonly time: SeriesSpan; readonly seriesMax?: number },
): ConvertedSeries {
  const told = new Set<string>();
  const metrics: MetricData[] = [];
  let leftOut = 0;
  const isWanted = (name: string, labels: Attributes): boolean => {
    const key = `${name}${JSON.stringify(Object.entries(labels).sort(byName))}`;
    if (told.has(key)) return false;
    if (told.size >= seriesMax) {
      leftOut++;
      return false;
    }
    told.add(key);
    return true;
  };
  for (const metric of read) {
    const converted = metric.type === 'histogram' ? [histogramOf(metric, time)] : numbersOf(metric, time);
    for (const data of converted) metrics.push(...filtered(data, isWanted));
  }
  return { metrics, leftOut };
}

type Wanted = (name: string, labels: Attributes) => boolean;

function filtered(data: MetricData, isWanted: Wanted): MetricData[] {
  const isKept = ({ attributes }: { readonly attributes: Attributes }): boolean =>
    isWanted(data.descriptor.name, attributes);
  switch (data.dataPointType) {
    case DataPointType.HISTOGRAM:
      return nonEmpty({ ...data, dataPoints: data.dataPoints.filter(isKept) });
    case DataPointType.SUM:
      return nonEmpty({ ...data, dataPoints: data.dataPoints.filter(isKept) });
    case DataPointType.GAUGE:
      return nonEmpty({ ...data, dataPoints: data.dataPoints.filter(isKept) });
    case DataPointType.EXPONENTIAL_HISTOGRAM:
    default:
      return [];
  }
}

function nonEmpty(data: MetricData): MetricData[] {
  return data.dataPoints.length === 0 ? [] : [data];
}

/** Counters and gauges; of a summary its sum and count, which add up, and its quantiles, which do not. */
function numbersOf({ name, type, help = '', values = [] }: PromMetric, time: SeriesSpan): MetricData[] {
  const byName = Map.groupBy(values.filter(isFinite), ({ metricName }) => metricName ?? name);
  return Array.from(byName, ([series, points]): MetricData => {
    const base = {
      descriptor: descriptorOf(series, help),
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPoints: points.map(({ value, labels }) => ({ ...time, attributes: attributesOf(labels), value })),
    };
    const isSum = type === 'counter' || (type === 'summary' && series !== name);
    return isSum
      ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true }
      : { ...base, dataPointType: DataPointType.GAUGE };
  });
}

function histogramOf({ name, help = '', values = [] }: PromMetric, time: SeriesSpan): MetricData {
  const series = Map.groupBy(values, ({ labels }) =>
    JSON.stringify(Object.entries(withoutBound(labels)).sort(byName)),
  );
  const dataPoints = Array.from(series.values(), (points) => histogramPoint(points, { name, time }));
  return {
    descriptor: descriptorOf(name, help),
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: dataPoints.filter((point) => point !== undefined),
  };
}

/** Prometheus counts each bucket and all below it; OpenTelemetry each by itself, the last being what is above all bounds. */
function histogramPoint(
  points: readonly PromValue[],
  { name, time }: { readonly name: string; readonly time: SeriesSpan },
): DataPoint<Histogram> | undefined {
  const buckets = points
    .filter(({ metricName }) => metricName === `${name}_bucket`)
    .map(({ labels, value }) => ({ bound: boundOf(labels?.['le']), value }))
    .sort((a, b) => a.bound - b.bound);
  const count = points.find(({ metricName }) => metricName === `${name}_count`)?.value;
  const sum = points.find(({ metricName }) => metricName === `${name}_sum`)?.value;
  if (count === undefined || sum === undefined || points[0] === undefined) return undefined;
  const finite = buckets.filter(({ bound }) => Number.isFinite(bound));
  const cumulative = [...finite.map(({ value }) => value), count];
  return {
    ...time,
    attributes: attributesOf(withoutBound(points[0].labels)),
    value: {
      buckets: {
        boundaries: finite.map(({ bound }) => bound),
        counts: cumulative.map((value, index) => Math.max(0, value - (cumulative[index - 1] ?? 0))),
      },
      sum,
      count,
    },
  };
}

function boundOf(bound: string | number | undefined): number {
  return bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
}

function withoutBound(labels: PromValue['labels'] = {}): Readonly<Record<string, string | number>> {
  const { le: _, ...rest } = labels;
  return rest;
}

function attributesOf(labels: PromValue['labels'] = {}): Attributes {
  const entries = Object.entries(labels).slice(0, LABELS_MAX);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String(value).slice(0, VALUE_CHARACTERS_MAX)]),
  );
}

function descriptorOf(name: string, help: string): MetricData['descriptor'] {
  return { name, description: help, unit: '', valueType: ValueType.DOUBLE };
}

function isFinite({ value }: PromValue): boolean {
  return Number.isFinite(value);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
