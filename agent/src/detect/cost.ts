import { PARALLELISM_MIN } from './limits.ts';
import { quantile } from './measure.ts';
import type { Timing } from './measure.ts';
import type { Node, Scope } from './scope.ts';
import type { Severity } from './types.ts';

/** Wall time saved if one batched call did the work: it keeps one round trip and half of the work beyond round trips. */
export function loopSavedMs(timings: readonly Timing[], overhead: readonly Node[]): number {
  const startMs = Math.min(...timings.map((timing) => timing.startMs));
  const endMs = Math.max(...timings.map((timing) => timing.endMs));
  let sequentialMs = 0;
  let parallelMs = 0;
  for (const timing of timings) {
    if (timing.parallelism > PARALLELISM_MIN)
      parallelMs = Math.max(parallelMs, timing.unionMs - quantile(timing.sortedMs, 0.5));
    else sequentialMs += batchedMs(timing);
  }
  if (sequentialMs === 0) return parallelMs;
  return Math.max(parallelMs, Math.min(sequentialMs + within(overhead, startMs, endMs), endMs - startMs));
}

/** Wall time saved if the first of equal calls were the only one. */
export function duplicateSavedMs(timing: Timing): number {
  const spent = timing.parallelism > PARALLELISM_MIN ? timing.unionMs : timing.totalMs;
  return Math.max(0, Math.min(spent, timing.windowMs) - quantile(timing.sortedMs, 0.5));
}

/** By the time saved, its share of the request and the number of calls. Medium and above are worth an alert. */
export function severityOf(savedMs: number, n: number, scope: Scope): Severity {
  const durationMs = Math.max(scope.endMs - scope.startMs, savedMs, 0.001);
  const share = savedMs / durationMs;
  if (savedMs >= 500 || (share >= 0.5 && savedMs >= 100) || (n >= 200 && savedMs >= 50)) return 'critical';
  if (savedMs >= 100 || (share >= 0.25 && savedMs >= 30) || (n >= 50 && savedMs >= 20)) return 'high';
  if (savedMs >= 20 || (share >= 0.1 && savedMs >= 10) || (n >= 20 && savedMs >= 5)) return 'medium';
  return 'low';
}

const RANKS: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** 0 for low to 3 for critical. */
export function severityRank(severity: Severity): number {
  return RANKS[severity];
}

function batchedMs(timing: Timing): number {
  const baseMs = quantile(timing.sortedMs, 0.1);
  const beyondMs = timing.totalMs - baseMs * timing.sortedMs.length;
  return (timing.sortedMs.length - 1) * baseMs + Math.max(0, beyondMs) / 2;
}

function within(nodes: readonly Node[], startMs: number, endMs: number): number {
  let totalMs = 0;
  for (const { span } of nodes)
    if (span.startMs >= startMs && span.startMs < endMs) totalMs += span.durationMs;
  return totalMs;
}
