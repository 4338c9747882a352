import type { Member } from './group.ts';

/** How the calls of a group lie in time. Milliseconds. */
export interface Timing {
  readonly totalMs: number;
  /** Time covered by at least one call. */
  readonly unionMs: number;
  /** From the first start to the last end. */
  readonly windowMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Middle pause between the end of one call and the start of the next; 0 when they overlap. */
  readonly medianGapMs: number;
  /** Those pauses in ascending order. */
  readonly gapsMs: readonly number[];
  /** Durations in ascending order. */
  readonly sortedMs: readonly number[];
  /** 1 when calls follow each other, n when n run at once. */
  readonly parallelism: number;
}

/** SDKs that take starts from a wall clock of whole milliseconds tell them up to this much too early. */
const COARSE_CLOCK_MS = 1;

/** `members` in start order, not empty. */
export function timingOf(members: readonly Member[]): Timing {
  const gaps: number[] = [];
  let totalMs = 0;
  let unionMs = 0;
  let startMs = Infinity;
  let endMs = -Infinity;
  const isCoarse = members.every(({ node }) => Number.isInteger(node.span.startMs));
  for (const { node } of members) {
    const { startMs: told, durationMs } = node.span;
    const isOverlapDoubtful = isCoarse && told < endMs && endMs - told < COARSE_CLOCK_MS;
    const from = isOverlapDoubtful ? endMs : told;
    const to = from + durationMs;
    if (endMs !== -Infinity) gaps.push(Math.max(0, from - endMs));
    totalMs += durationMs;
    unionMs += Math.max(0, to - Math.max(from, endMs));
    startMs = Math.min(startMs, from);
    endMs = Math.max(endMs, to);
  }
  gaps.sort((a, b) => a - b);
  return {
    totalMs,
    unionMs,
    windowMs: endMs - startMs,
    startMs,
    endMs,
    medianGapMs: quantile(gaps, 0.5),
    gapsMs: gaps,
    sortedMs: members.map((member) => member.node.span.durationMs).sort((a, b) => a - b),
    parallelism: unionMs > 0 ? totalMs / unionMs : 1,
  };
}

/** Of values in ascending order; 0 when there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
