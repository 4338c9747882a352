import type { Alert, AlertRule, Episode } from '@nightjar/collector/contract';
import { unitOf } from '@nightjar/collector/contract';
import { quantityText } from '../../lib/quantity.ts';

/** A value in the unit of its rule: milliseconds and seconds by the duration formatter, the rest as a number. */
export function alertValue(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'ms') return quantityText('duration', value);
  if (unit === 's') return quantityText('duration', value * 1_000);
  if (unit === '%') return quantityText('share', value / 100);
  const text = quantityText('count', value);
  return unit === '' ? text : `${text} ${unit}`;
}

type Tested = Pick<Alert | Episode, 'op' | 'threshold' | 'unit'>;

/** "> 500 ms", or nothing for alerts about the rule itself. */
export function thresholdText({ op, threshold, unit }: Tested): string {
  return op === null || threshold === null ? '' : `${op} ${alertValue(threshold, unit)}`;
}

export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ');
}

/** What a rule looks at, in one line. */
export function ruleText(rule: AlertRule): string {
  const unit = unitOf(rule.signal);
  const by = rule.groupBy.length === 0 ? '' : ` a ${rule.groupBy.join(' and ')}`;
  const tests = rule.conditions
    .map(({ severity, op, threshold, upper }) => {
      const bound =
        op === 'outside'
          ? `outside ${alertValue(threshold, unit)} to ${alertValue(upper ?? null, unit)}`
          : `${op} ${alertValue(threshold, unit)}`;
      return `${severity} ${bound}`;
    })
    .join(', ');
  const held = rule.for === '0s' ? '' : ` for ${rule.for}`;
  return `${signalText(rule)}${by} over ${rule.schedule.window}: ${tests}${held}`;
}

function signalText({ signal }: AlertRule): string {
  switch (signal.kind) {
    case 'latency':
      return `p${Number((signal.quantile * 100).toPrecision(6))} latency`;
    case 'error_rate':
      return 'error rate';
    case 'throughput':
      return 'throughput';
    case 'queries_per_request':
      return 'queries a request';
    case 'queue':
      return signal.metric === 'oldest_age' ? 'age of the oldest job' : `queue ${signal.metric}`;
    case 'metric':
      return signal.name;
    default:
      return assertNever(signal);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable signal ${JSON.stringify(value)}`);
}
