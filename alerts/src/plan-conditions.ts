import { durationMs } from '../schema/index.ts';
import type { AlertRule, BurnAlert, ConditionOp, Severity, Signal, Slo } from '../schema/index.ts';
import type { Limit } from './verdict.ts';

/** A condition with its windows worked out. */
export interface PlannedCondition extends Limit {
  /** Tells the conditions of a rule apart: the severity, and the window where two share one. */
  readonly key: string;
  readonly severity: Severity;
  readonly channels?: readonly string[] | undefined;
  readonly windowMs: number;
  readonly minSamples: number;
  readonly badEvents?: { readonly min: number; readonly shareOfValue: number } | undefined;
  /** Windows that must breach too. */
  readonly and: readonly PlannedWindow[];
}

export interface PlannedWindow extends Limit {
  readonly window: string;
  readonly windowMs: number;
}

/** The rule's conditions, or those that come with its signal. */
export function planConditions(rule: AlertRule): PlannedCondition[] {
  const { signal, guard } = rule;
  if (signal.kind === 'burn_rate')
    return signal.slo.alerts.map((alert) => burnCondition(alert, { rule, slo: signal.slo }));
  const windowMs = durationMs(rule.schedule.window);
  const conditions = rule.conditions.length === 0 ? usualConditions(signal) : rule.conditions;
  return conditions.map((condition) => ({
    ...condition,
    key: condition.severity,
    windowMs,
    minSamples: minSamplesOf(guard, windowMs),
    and: (condition.and ?? []).map((it) => ({ ...it, windowMs: durationMs(it.window) })),
  }));
}

function burnCondition(
  { burn, long, short, severity, minBadEvents }: BurnAlert,
  { rule, slo }: { readonly rule: AlertRule; readonly slo: Slo },
): PlannedCondition {
  const windowMs = durationMs(long);
  const isFirst = slo.alerts.find((it) => it.severity === severity)?.long === long;
  return {
    key: isFirst ? severity : `${severity}-${long}`,
    severity,
    op: '>=',
    threshold: burn,
    windowMs,
    minSamples: minSamplesOf(rule.guard, windowMs),
    badEvents: { min: minBadEvents, shareOfValue: 1 - slo.objective / 100 },
    and: [{ window: short, windowMs: durationMs(short), op: '>=', threshold: burn }],
  };
}

function usualConditions(signal: Signal): readonly {
  readonly severity: Severity;
  readonly op: ConditionOp;
  readonly threshold: number;
  readonly upper?: number;
  readonly and?: undefined;
}[] {
  switch (signal.kind) {
    case 'heartbeat':
      return [{ severity: 'critical', op: '<', threshold: 1 }];
    case 'new_finding':
      return [{ severity: 'warning', op: '>', threshold: 0 }];
    case 'baseline':
      return [{ severity: 'warning', op: 'outside', threshold: -signal.band, upper: signal.band }];
    case 'latency':
    case 'error_rate':
    case 'throughput':
    case 'queries_per_request':
    case 'queue':
    case 'metric':
    case 'logs':
    case 'burn_rate':
      return [];
    default:
      return assertNever(signal);
  }
}

// Samples are requests: `minRate` of them a second, over this window.
function minSamplesOf({ minSamples, minRate }: AlertRule['guard'], windowMs: number): number {
  return Math.max(minSamples, Math.ceil((minRate * windowMs) / 1_000));
}

function assertNever(value: never): never {
  throw new Error(`unreachable signal ${JSON.stringify(value)}`);
}
