// Promise: pure. Which past readings were taken before all of their data had come.
import { recentTicksMax } from '../schema/index.ts';
import type { Signal } from '../schema/index.ts';
import type { Draft } from './draft.ts';
import type { RulePlan } from './plan.ts';
import type { Arrival } from './ports.ts';

/** How far back the arrivals are looked at: what comes later than this changes nothing any more. */
export const lateForMs = 15 * 60_000;

/** A tick whose window was read, and up to when data had arrived then. */
export interface PastRead {
  readonly tickMs: number;
  readonly delayMs: number;
  readonly watermarkMs: number;
}

const ofRequests: ReadonlySet<Signal['kind']> = new Set([
  'latency',
  'error_rate',
  'throughput',
  'queries_per_request',
  'burn_rate',
]);

/** Arrivals are measured for requests: rules about other things are not corrected. */
export function isCorrectable({ rule }: RulePlan): boolean {
  const { signal } = rule;
  const kind = signal.kind === 'baseline' ? signal.of.kind : signal.kind;
  const isOfRequests = ofRequests.has(kind) || (signal.kind === 'heartbeat' && signal.of === 'requests');
  return rule.schedule.correctLate && isOfRequests;
}

/** Oldest first, `recentTicksMax` at most. */
export function lateReads(
  plan: RulePlan,
  { reads, arrivals }: { readonly reads: readonly PastRead[]; readonly arrivals: readonly Arrival[] },
): PastRead[] {
  const widestMs = plan.windowsMs[0] ?? plan.windowMs;
  return reads.slice(-recentTicksMax).filter(({ tickMs, delayMs, watermarkMs }) => {
    const toMs = tickMs - delayMs;
    // Arrivals are known to the second.
    const sinceMs = Math.floor(watermarkMs / 1_000) * 1_000;
    return arrivals.some(
      (it) =>
        it.lastIngestedMs >= sinceMs &&
        // A stretch beyond the window's end goes on filling for good reason; the next tick looks at it.
        it.toMs <= toMs &&
        it.toMs > toMs - widestMs &&
        plan.concerns(it.service),
    );
  });
}

/** After a restart nobody remembers when the last ticks were read: as early as they could be, then. */
export function assumedReads(plan: RulePlan, { instances }: Draft): PastRead[] {
  const ticks = new Set([...instances.values()].flatMap(({ recent = [] }) => recent.map((it) => it.tickMs)));
  return [...ticks]
    .sort((a, b) => a - b)
    .slice(-recentTicksMax)
    .map((tickMs) => ({ tickMs, delayMs: plan.delayMs, watermarkMs: tickMs - plan.delayMs }));
}
