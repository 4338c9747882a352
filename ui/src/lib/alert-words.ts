import type { Alert, AlertRule, Episode, Signal } from '@nightjar/collector/contract';
import { unitOf } from '@nightjar/collector/contract';
import { matchersText } from './matchers.ts';
import { quantityText } from './quantity.ts';
import type { QuantityKind } from './quantity.ts';

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
  const held = heldText(rule);
  const filters = 'filter' in rule.signal ? (rule.signal.filter ?? []) : [];
  const where = filters.length === 0 ? '' : ` where ${matchersText(filters)}`;
  const bound = tests === '' ? '' : `: ${tests}`;
  return `${signalText(rule.signal)}${where}${by} over ${rule.schedule.window}${bound}${held}`;
}

function heldText({ breaches, for: held }: AlertRule): string {
  if (breaches !== undefined) return ` at ${breaches.atLeast} of ${breaches.of} ticks`;
  return held === '0s' ? '' : ` for ${held}`;
}

/** What is measured: "p95 latency", "age of the oldest job". */
export function signalText(signal: Signal): string {
  switch (signal.kind) {
    case 'latency':
      return `p${Number((signal.quantile * 100).toPrecision(6))} latency`;
    case 'error_rate':
      return 'error rate';
    case 'throughput':
      return 'throughput';
    case 'queries_per_request':
      return signal.compare === 'none' ? 'queries a request' : 'queries a request against the release before';
    case 'queue':
      return signal.metric === 'oldest_age' ? 'age of the oldest job' : `queue ${signal.metric}`;
    case 'metric':
      return signal.name;
    case 'logs':
      return 'log records';
    case 'heartbeat':
      return `heartbeat of ${signal.of}`;
    case 'burn_rate':
      return `burn rate of ${signal.slo.objective} % over ${signal.slo.period}`;
    case 'baseline':
      return `${signalText(signal.of)} against the usual at this hour of the week`;
    case 'new_finding':
      return `findings newer than ${signal.newFor}`;
    default:
      return assertNever(signal);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable signal ${JSON.stringify(value)}`);
}

/** How a chart draws values of a unit: the kind of its axis, and what a value is multiplied by for it. */
export function chartScale(unit: string): Readonly<{ kind: QuantityKind; factor: number }> {
  if (unit === 'ms') return { kind: 'duration', factor: 1 };
  if (unit === 's') return { kind: 'duration', factor: 1_000 };
  if (unit === '%') return { kind: 'share', factor: 0.01 };
  return { kind: 'count', factor: 1 };
}

/** What fires: the rule, or what is wrong with the rule itself. */
export function alertName({ ruleName, kind }: Pick<Alert | Episode, 'ruleName' | 'kind'>): string {
  return kind === 'condition' ? ruleName : `${ruleName}: ${kind.replaceAll('_', ' ')}`;
}

/** Why an episode ended, in words. */
export function endText(reason: Episode['resolveReason']): string {
  return reason === null ? '' : reason.replaceAll('_', ' ');
}
