import { durationMs, unitOf } from '../schema/index.ts';
import type { AlertRule, Condition } from '../schema/index.ts';
import { offsetOf } from './ids.ts';
import type { TransitionPolicy } from './transition.ts';

/** A rule with its durations worked out, once. */
export interface RulePlan {
  readonly rule: AlertRule;
  readonly unit: string;
  readonly everyMs: number;
  /** Ticks are k * everyMs + offsetMs. */
  readonly offsetMs: number;
  readonly delayMs: number;
  readonly windowMs: number;
  readonly minSamples: number;
  readonly repeatMs: number;
  readonly conditions: readonly Condition[];
  readonly policy: TransitionPolicy;
  readonly noDataPolicy: TransitionPolicy;
  readonly errorPolicy: TransitionPolicy;
  readonly overflowPolicy: TransitionPolicy;
}

export function planRule(rule: AlertRule): RulePlan {
  const everyMs = durationMs(rule.schedule.every);
  const windowMs = durationMs(rule.schedule.window);
  return {
    rule,
    unit: unitOf(rule.signal),
    everyMs,
    offsetMs: offsetOf(rule.uid, everyMs),
    delayMs: durationMs(rule.schedule.delay),
    windowMs,
    minSamples: Math.max(rule.guard.minSamples, Math.ceil((rule.guard.minRate * windowMs) / 1_000)),
    repeatMs: rule.notify.repeat === 'never' ? Number.POSITIVE_INFINITY : durationMs(rule.notify.repeat),
    conditions: rule.conditions,
    policy: valuePolicy(rule),
    noDataPolicy: aboutRule(durationMs(rule.onNoData.after)),
    errorPolicy: aboutRule((rule.onError.alertAfterTicks - 1) * everyMs),
    overflowPolicy: aboutRule(0),
  };
}

export const ticksMax = 60;

export interface DueTicks {
  readonly ticks: readonly number[];
  readonly skipped: number;
}

/** Ticks after the last one up to now, in order; after a long stop only the latest `ticksMax`. */
export function dueTicks(
  plan: RulePlan,
  at: { readonly lastTickMs: number | null; readonly nowMs: number },
): DueTicks {
  const { everyMs, offsetMs } = plan;
  const latest = Math.floor((at.nowMs - offsetMs) / everyMs) * everyMs + offsetMs;
  if (at.lastTickMs === null) return { ticks: [latest], skipped: 0 };
  if (latest <= at.lastTickMs) return { ticks: [], skipped: 0 };
  const due = Math.ceil((latest - at.lastTickMs) / everyMs);
  const count = Math.min(due, ticksMax);
  const ticks = Array.from({ length: count }, (_, index) => latest - (count - 1 - index) * everyMs);
  return { ticks, skipped: due - count };
}

function valuePolicy(rule: AlertRule): TransitionPolicy {
  const resolvesOnNoData = rule.onNoData.action === 'resolve';
  return {
    forMs: durationMs(rule.for),
    keepFiringForMs: durationMs(rule.keepFiringFor),
    insufficientAfterMs: rule.onInsufficient.action === 'resolve' ? 0 : durationMs(rule.onInsufficient.after),
    absentAfterMs: durationMs(resolvesOnNoData ? rule.onNoData.after : rule.onNoData.staleResolve),
    absentReason: resolvesOnNoData ? 'no_data' : 'stale',
  };
}

// Alerts about the rule itself are only ever breach, ok or unknown: they need no timers but `for`.
function aboutRule(forMs: number): TransitionPolicy {
  return {
    forMs,
    keepFiringForMs: 0,
    insufficientAfterMs: 0,
    absentAfterMs: 0,
    absentReason: 'stale',
  };
}
