import { isCorrectable, lateForMs } from './late.ts';
import { withDelay } from './plan.ts';
import type { RulePlan } from './plan.ts';
import type { Arrival } from './ports.ts';
import type { ReadDependencies } from './read-rule.ts';
import { within } from './within.ts';

export const delaysMeasuredEveryMs = 600_000;

/** What the source knows of data that comes late. Without it, delays stay as they are and nothing is corrected. */
export interface Lateness {
  /** The plans with the delays that `auto` comes to now. */
  delayed(plans: readonly RulePlan[], nowMs: number): Promise<readonly RulePlan[]>;
  arrivals(due: readonly RulePlan[], nowMs: number): Promise<readonly Arrival[] | undefined>;
  /** Measures anew at the next call. */
  forget(): void;
}

export function createLateness(given: ReadDependencies & { readonly readTimeoutMs: number }): Lateness {
  const { source, readTimeoutMs, log, count } = given;
  let measuredMs = Number.NEGATIVE_INFINITY;
  return {
    delayed: async (plans, nowMs) => {
      if (source.ingestLag === undefined || nowMs - measuredMs < delaysMeasuredEveryMs) return plans;
      if (!plans.some(({ rule }) => rule.schedule.delay === 'auto')) return plans;
      measuredMs = nowMs;
      try {
        const lagMs = await within(readTimeoutMs, async (signal) => await source.ingestLag?.(signal));
        return lagMs === undefined ? plans : plans.map((plan) => withDelay(plan, lagMs));
      } catch (error) {
        count('reads_failed', 1);
        log.warn({ err: error }, 'cannot measure how late data arrives, delays stay as they were');
        return plans;
      }
    },
    arrivals: async (due, nowMs) => {
      if (source.arrivals === undefined || !due.some(isCorrectable)) return undefined;
      try {
        const sinceMs = nowMs - lateForMs;
        return await within(readTimeoutMs, async (signal) => await source.arrivals?.(sinceMs, signal));
      } catch (error) {
        count('reads_failed', 1);
        log.warn({ err: error }, 'cannot tell which data came late, nothing is corrected');
        return undefined;
      }
    },
    forget: () => {
      measuredMs = Number.NEGATIVE_INFINITY;
    },
  };
}
