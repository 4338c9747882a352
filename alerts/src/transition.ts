// Promise: pure. The table of states and verdicts is in transition.test.ts, row by row.
import type { Phase, ResolveReason, VerdictKind } from '../schema/index.ts';
import { countBreaches } from './breach-count.ts';
import type { BreachCount, BreachPolicy } from './breach-count.ts';

export interface TransitionPolicy {
  readonly forMs: number;
  /** In place of `forMs`, which is 0 then. */
  readonly breaches?: BreachPolicy;
  readonly keepFiringForMs: number;
  readonly insufficientAfterMs: number;
  readonly absentAfterMs: number;
  readonly absentReason: ResolveReason;
}

export interface TransitionInput {
  readonly verdict: VerdictKind;
  readonly tickMs: number;
  readonly policy: TransitionPolicy;
}

export type TransitionEvent =
  { readonly kind: 'trigger' } | { readonly kind: 'resolve'; readonly reason: ResolveReason };

export interface Step {
  readonly phase: Phase;
  readonly event: TransitionEvent | null;
}

type Active = Extract<Phase, { state: 'firing' | 'recovering' }>;

export function transition(phase: Phase, input: TransitionInput): Step {
  const { verdict, tickMs, policy } = input;
  if (policy.breaches === undefined) return onVerdict(phase, input);
  const counted = countBreaches(phase, { tickMs, isBreach: verdict === 'breach', policy: policy.breaches });
  const step = byCount(phase, input, counted);
  if (step.phase.state === 'inactive' || counted.breachedAt.length === 0) return step;
  return { ...step, phase: { ...step.phase, breachedAt: [...counted.breachedAt] } };
}

/** What fires goes on while enough ticks breached; what does not is pending as long as any did. */
function byCount(phase: Phase, input: TransitionInput, { since, isEnough }: BreachCount): Step {
  const { verdict, tickMs } = input;
  if (phase.state === 'firing' || phase.state === 'recovering') {
    const { breachedAt: _, ...plain } = phase;
    return fromActive(plain, isEnough && verdict === 'ok' ? { ...input, verdict: 'deadband' } : input);
  }
  if (verdict === 'error' || verdict === 'unknown') return stay(phase);
  if (since === undefined) return stay({ state: 'inactive' });
  if (isEnough && verdict === 'breach') return fire(since, tickMs);
  return stay({ state: 'pending', activeAt: since });
}

function onVerdict(phase: Phase, input: TransitionInput): Step {
  switch (phase.state) {
    case 'inactive':
      return input.verdict === 'breach' ? startBreach(input) : stay(phase);
    case 'pending':
      return fromPending(phase, input);
    case 'firing':
    case 'recovering':
      return fromActive(phase, input);
    default:
      return assertNever(phase);
  }
}

/** Ends whatever is under way, because the rule, its condition or its group is no longer there. */
export function close(phase: Phase, reason: ResolveReason): Step {
  return phase.state === 'firing' || phase.state === 'recovering'
    ? resolved(reason)
    : { phase: { state: 'inactive' }, event: null };
}

function startBreach({ tickMs, policy }: TransitionInput): Step {
  return policy.forMs === 0 ? fire(tickMs, tickMs) : stay({ state: 'pending', activeAt: tickMs });
}

function fromPending(phase: Extract<Phase, { state: 'pending' }>, input: TransitionInput): Step {
  switch (input.verdict) {
    case 'breach':
      return input.tickMs - phase.activeAt >= input.policy.forMs
        ? fire(phase.activeAt, input.tickMs)
        : stay(phase);
    case 'deadband':
    case 'ok':
    case 'insufficient':
    case 'nodata':
      return stay({ state: 'inactive' });
    case 'error':
    case 'unknown':
      return stay(phase);
    default:
      return assertNever(input.verdict);
  }
}

function fromActive(phase: Active, input: TransitionInput): Step {
  const { policy, tickMs } = input;
  switch (input.verdict) {
    case 'breach':
      // Only possible when `for` was raised while firing: what fired under the old rule has not yet earned it.
      if (tickMs - phase.activeAt < policy.forMs)
        return { ...resolved('rule_changed'), phase: { state: 'pending', activeAt: phase.activeAt } };
      return stay(firing(phase));
    case 'deadband':
      return stay(firing(phase));
    case 'ok':
      return recover(phase, input);
    case 'insufficient':
      return holdQuiet(phase, { tickMs, afterMs: policy.insufficientAfterMs, reason: 'insufficient_data' });
    case 'nodata':
      return holdQuiet(phase, { tickMs, afterMs: policy.absentAfterMs, reason: policy.absentReason });
    case 'error':
    case 'unknown':
      return stay(phase);
    default:
      return assertNever(input.verdict);
  }
}

function recover(phase: Active, { policy, tickMs }: TransitionInput): Step {
  const okSince = phase.state === 'recovering' ? phase.okSince : tickMs;
  if (tickMs - okSince >= policy.keepFiringForMs) return resolved('ok');
  const { activeAt, firedAt } = phase;
  return stay({ state: 'recovering', activeAt, firedAt, quietSince: null, okSince });
}

// One timer for both kinds of silence: sparse traffic alternates between too few requests and none.
function holdQuiet(
  phase: Active,
  hold: { readonly tickMs: number; readonly afterMs: number; readonly reason: ResolveReason },
): Step {
  const quietSince = phase.quietSince ?? hold.tickMs;
  if (hold.tickMs - quietSince >= hold.afterMs) return resolved(hold.reason);
  return stay({ ...phase, quietSince });
}

function firing({ activeAt, firedAt }: Active): Phase {
  return { state: 'firing', activeAt, firedAt, quietSince: null };
}

function fire(activeAt: number, firedAt: number): Step {
  return { phase: { state: 'firing', activeAt, firedAt, quietSince: null }, event: { kind: 'trigger' } };
}

function resolved(reason: ResolveReason): Step {
  return { phase: { state: 'inactive' }, event: { kind: 'resolve', reason } };
}

function stay(phase: Phase): Step {
  return { phase, event: null };
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
