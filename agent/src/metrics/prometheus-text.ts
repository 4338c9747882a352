import type { Attributes } from '@opentelemetry/api';
import { DataPointType } from '@opentelemetry/sdk-metrics';
import type { Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';

/**
 * OTLP metrics as Prometheus text, version 0.0.4, with names as OpenTelemetry's "Prometheus and OpenMetrics
 * compatibility" has them: dots to underscores, the unit spelled out at the end, `_total` on counters.
 */
export function prometheusText({ resource, scopeMetrics }: ResourceMetrics): string {
  const families = new Map<string, Family>();
  const target = labelsOf(resource.attributes);
  families.set('target_info', { type: 'gauge', help: 'Target metadata', lines: [`target_info${target} 1`] });
  let series = 0;
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      const type = TYPES[metric.dataPointType];
      if (type === undefined) continue;
      const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
      const name = nameOf(metric, isCounter);
      const family = families.get(name) ?? { type: isCounter ? 'counter' : type, help: '', lines: [] };
      // One name, one type: Prometheus refuses a page that says otherwise.
      if (family.type !== (isCounter ? 'counter' : type)) continue;
      family.help ||= metric.descriptor.description;
      families.set(name, family);
      for (const line of linesOf(name, metric)) {
        if (series++ >= LINES_MAX) break;
        family.lines.push(line);
      }
    }
  }
  return [...families].map(familyText).join('');
}

const LINES_MAX = 20_000;

interface Family {
  readonly type: string;
  help: string;
  readonly lines: string[];
}

const TYPES: Readonly<Record<number, string | undefined>> = {
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.SUM]: 'gauge',
  [DataPointType.HISTOGRAM]: 'histogram',
};

function familyText([name, { type, help, lines }]: [string, Family]): string {
  if (lines.length === 0) return '';
  const text = help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

const UNITS: Readonly<Record<string, string>> = {
  ms: 'milliseconds',
  s: 'seconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  '%': 'percent',
};

function nameOf({ descriptor: { name, unit } }: MetricData, isCounter: boolean): string {
  const plain = name.replaceAll(/[^a-zA-Z0-9_:]+/g, '_').replace(/^(?=\d)/, '_');
  const word = unit === '1' && !isCounter ? 'ratio' : UNITS[unit];
  const withUnit = word === undefined || plain.endsWith(`_${word}`) ? plain : `${plain}_${word}`;
  return isCounter && !withUnit.endsWith('_total') ? `${withUnit}_total` : withUnit;
}

function linesOf(name: string, metric: MetricData): string[] {
  if (metric.dataPointType === DataPointType.HISTOGRAM)
    return metric.dataPoints.flatMap(({ attributes, value }) => histogramLines({ name, attributes, value }));
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return [];
  return metric.dataPoints.map(
    ({ attributes, value }) => `${name}${labelsOf(attributes)} ${numberText(value)}`,
  );
}

interface HistogramPoint {
  readonly name: string;
  readonly attributes: Attributes;
  readonly value: Histogram;
}

function histogramLines({ name, attributes, value }: HistogramPoint): string[] {
  const { boundaries, counts } = value.buckets;
  let sum = 0;
  const buckets = counts.map((count, index) => {
    sum += count;
    const le = numberText(boundaries[index] ?? Number.POSITIVE_INFINITY);
    return `${name}_bucket${labelsOf({ ...attributes, le })} ${sum}`;
  });
  const labels = labelsOf(attributes);
  return [
    ...buckets,
    `${name}_sum${labels} ${numberText(value.sum ?? 0)}`,
    `${name}_count${labels} ${value.count}`,
  ];
}

function labelsOf(attributes: Readonly<Record<string, unknown>>): string {
  const labels = new Map<string, string>();
  for (const [key, value] of Object.entries(attributes)) {
    const label = key.replaceAll(/[^a-zA-Z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    labels.set(label, labels.has(label) ? `${labels.get(label)};${text}` : text);
  }
  if (labels.size === 0) return '';
  return `{${[...labels].map(([label, text]) => `${label}="${escaped(text)}"`).join(',')}}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
