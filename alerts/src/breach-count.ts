// Promise: pure. Rules that fire when some of the last ticks breached, rather than all for a time. What they remember is the
// ticks that breached, in the phase; what is not yet enough is pending.
import { breachesOfMax } from '../schema/index.ts';
import type { Phase } from '../schema/index.ts';

export interface BreachPolicy {
  readonly atLeast: number;
  /** From the first to the last of the ticks that are looked at. */
  readonly spanMs: number;
}

export interface BreachCount {
  /** Ticks that breached, oldest first; later ones than this tick too, when it is looked at again. */
  readonly breachedAt: readonly number[];
  /** The first of them; undefined when there is none. */
  readonly since: number | undefined;
  readonly isEnough: boolean;
}

export function countBreaches(
  phase: Phase,
  tick: { readonly tickMs: number; readonly isBreach: boolean; readonly policy: BreachPolicy },
): BreachCount {
  const { tickMs, isBreach, policy } = tick;
  const before = phase.state === 'inactive' ? [] : (phase.breachedAt ?? []);
  const breachedAt = [...new Set(isBreach ? [...before, tickMs] : before)]
    .filter((at) => at >= tickMs - policy.spanMs)
    .sort((a, b) => a - b)
    .slice(-breachesOfMax);
  const counted = breachedAt.filter((at) => at <= tickMs);
  return { breachedAt, since: counted[0] ?? breachedAt[0], isEnough: counted.length >= policy.atLeast };
}
