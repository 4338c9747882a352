import { durationMs, repeatDefault, unitOf } from '../schema/index.ts';
import type { AlertRule, Labels } from '../schema/index.ts';
import { compileMatchers } from './delivery/matching.ts';
import { offsetOf } from './ids.ts';
import { planConditions } from './plan-conditions.ts';
import type { PlannedCondition } from './plan-conditions.ts';
import type { TransitionPolicy } from './transition.ts';

/** A rule with its durations worked out, once. */
export interface RulePlan {
  readonly rule: AlertRule;
  readonly unit: string;
  readonly everyMs: number;
  /** Ticks are k * everyMs + offsetMs. */
  readonly offsetMs: number;
  /** For `auto`, what `withDelay` has worked out. */
  readonly delayMs: number;
  /** That of the first condition. */
  readonly windowMs: number;
  /** All windows that its conditions look at, longest first. */
  readonly windowsMs: readonly number[];
  readonly repeatMs: number;
  readonly graceMs: number;
  readonly conditions: readonly PlannedCondition[];
  /** False for groups that `groups.include` leaves out or `groups.exclude` names. */
  readonly isWatched: (labels: Labels) => boolean;
  /** False when a filter of the rule leaves the service out. */
  readonly concerns: (service: string) => boolean;
  readonly policy: TransitionPolicy;
  readonly noDataPolicy: TransitionPolicy;
  readonly errorPolicy: TransitionPolicy;
  readonly overflowPolicy: TransitionPolicy;
}

export function planRule(rule: AlertRule): RulePlan {
  const everyMs = durationMs(rule.schedule.every);
  const conditions = planConditions(rule);
  const windows = conditions.flatMap(({ windowMs, and }) => [windowMs, ...and.map((it) => it.windowMs)]);
  const windowMs = windows[0] ?? durationMs(rule.schedule.window);
  return {
    rule,
    unit: unitOf(rule.signal),
    everyMs,
    offsetMs: offsetOf(rule.uid, everyMs),
    delayMs: rule.schedule.delay === 'auto' ? delayMsUnknown : durationMs(rule.schedule.delay),
    windowMs,
    windowsMs: [...new Set([windowMs, ...windows])].sort((a, b) => b - a),
    graceMs: durationMs(rule.groups.newGroupGrace),
    repeatMs: repeatMsOf(rule.notify.repeat ?? repeatDefault),
    conditions,
    isWatched: watches(rule),
    concerns: aboutServices(rule),
    policy: valuePolicy(rule),
    noDataPolicy: aboutRule(durationMs(rule.onNoData.after)),
    errorPolicy: aboutRule((rule.onError.alertAfterTicks - 1) * everyMs),
    overflowPolicy: aboutRule(0),
  };
}

export function repeatMsOf(repeat: string): number {
  return repeat === 'never' ? Number.POSITIVE_INFINITY : durationMs(repeat);
}

/** Of a rule with the delay `auto`, while nothing is known of the services it is about. */
export const delayMsUnknown = 30_000;
export const delayMsMin = 10_000;
export const delayMsMax = 300_000;

/** The plan with its delay from what was measured a service; other rules stay as they are. */
export function withDelay(plan: RulePlan, lagMs: ReadonlyMap<string, number>): RulePlan {
  if (plan.rule.schedule.delay !== 'auto') return plan;
  const lags = [...lagMs].filter(([service]) => plan.concerns(service)).map(([, lag]) => lag);
  if (lags.length === 0) return plan;
  const slowest = Math.ceil(Math.max(...lags) / 1_000) * 1_000;
  return { ...plan, delayMs: Math.min(delayMsMax, Math.max(delayMsMin, slowest)) };
}

export const ticksMax = 60;
export const ticksSpanMs = 3_600_000;

export interface DueTicks {
  readonly ticks: readonly number[];
  readonly skipped: number;
}

/** Ticks after the last one up to now, in order; after a long stop the latest `ticksMax` of the last hour. */
export function dueTicks(
  plan: RulePlan,
  at: { readonly lastTickMs: number | null; readonly nowMs: number },
): DueTicks {
  const { everyMs, offsetMs } = plan;
  const latest = Math.floor((at.nowMs - offsetMs) / everyMs) * everyMs + offsetMs;
  if (at.lastTickMs === null) return { ticks: [latest], skipped: 0 };
  if (latest <= at.lastTickMs) return { ticks: [], skipped: 0 };
  const due = Math.ceil((latest - at.lastTickMs) / everyMs);
  const count = Math.min(due, ticksMax, Math.max(1, Math.floor(ticksSpanMs / everyMs)));
  const ticks = Array.from({ length: count }, (_, index) => latest - (count - 1 - index) * everyMs);
  return { ticks, skipped: due - count };
}

function aboutServices({ signal }: AlertRule): RulePlan['concerns'] {
  const measured = signal.kind === 'baseline' ? signal.of : signal;
  const filter = measured.kind === 'burn_rate' ? measured.slo.filter : measured.filter;
  const isAbout = compileMatchers((filter ?? []).filter(({ label }) => label === 'service'));
  return (service) => isAbout({ service });
}

function watches({ groups: { include, exclude } }: AlertRule): RulePlan['isWatched'] {
  const isIncluded = compileMatchers(include);
  const isExcluded = exclude.length === 0 ? () => false : compileMatchers(exclude);
  return (labels) => isIncluded(labels) && !isExcluded(labels);
}

function valuePolicy(rule: AlertRule): TransitionPolicy {
  const resolvesOnNoData = rule.onNoData.action === 'resolve';
  return {
    forMs: durationMs(rule.for),
    ...breachesOf(rule, durationMs(rule.schedule.every)),
    keepFiringForMs: durationMs(rule.keepFiringFor),
    insufficientAfterMs: rule.onInsufficient.action === 'resolve' ? 0 : durationMs(rule.onInsufficient.after),
    absentAfterMs: durationMs(resolvesOnNoData ? rule.onNoData.after : rule.onNoData.staleResolve),
    absentReason: resolvesOnNoData ? 'no_data' : 'stale',
  };
}

function breachesOf({ breaches }: AlertRule, everyMs: number): Pick<TransitionPolicy, 'breaches'> {
  if (breaches === undefined) return {};
  return { breaches: { atLeast: breaches.atLeast, spanMs: (breaches.of - 1) * everyMs } };
}

/** For ticks that are further apart than the rule's own: as many of them count. */
export function withTicksOf(plan: RulePlan, everyMs: number): RulePlan {
  return { ...plan, policy: { ...plan.policy, ...breachesOf(plan.rule, everyMs) } };
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
