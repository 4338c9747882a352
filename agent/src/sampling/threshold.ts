/**
 * Rejection thresholds of OpenTelemetry's consistent probability sampling, as `ot=th:…;rv:…` in the W3C tracestate: a
 * trace is taken when its 56 random bits are not below the threshold, and then stands for 1 / (1 - threshold) of its kind.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
import { createTraceState } from '@opentelemetry/api';
import type { TraceState } from '@opentelemetry/api';

/** The collector takes no weight above a million, so nothing is sampled more thinly than that. */
export const PROBABILITY_MIN = 1e-6;
/** Taken with certainty: weight 1. */
export const CERTAIN = '0';

const DIGITS = 14;
const VALUES = 2 ** 56;

/** For a probability from `PROBABILITY_MIN` to 1; what is lower is raised to it. Hex without trailing zeros. */
export function thresholdOf(probability: number): string {
  const bounded = Math.min(Math.max(probability, PROBABILITY_MIN), 1);
  const rejected = BigInt(Math.round((1 - bounded) * VALUES));
  const digits = rejected.toString(16).padStart(DIGITS, '0').replace(/0+$/, '');
  return digits === '' ? CERTAIN : digits;
}

export function probabilityOf(threshold: string): number {
  return 1 - Number.parseInt(threshold.padEnd(DIGITS, '0'), 16) / VALUES;
}

/** The 56 random bits of a trace: `rv` when its root chose them, else the end of its id. */
export function isTaken(traceId: string, traceState: TraceState | undefined, threshold: string): boolean {
  const chosen = fieldOf(traceState, 'rv');
  const randomness = chosen !== undefined && RANDOMNESS.test(chosen) ? chosen : traceId.slice(-DIGITS);
  // Both are lower-case hex of one length, whose order as text is their order as numbers.
  return randomness >= threshold.padEnd(DIGITS, '0');
}

/** Undefined when the tracestate names none: its span counts as one. */
export function thresholdIn(traceState: TraceState | undefined): string | undefined {
  const threshold = fieldOf(traceState, 'th');
  return threshold !== undefined && THRESHOLD.test(threshold) ? threshold : undefined;
}

/** Other vendors' entries and other fields of `ot` stay. Undefined takes the threshold out. */
export function withThreshold(
  traceState: TraceState | undefined,
  threshold: string | undefined,
): TraceState | undefined {
  const kept = fieldsOf(traceState).filter((field) => !field.startsWith('th:'));
  const fields = threshold === undefined ? kept : [`th:${threshold}`, ...kept];
  if (fields.length === 0) return traceState?.unset('ot');
  return (traceState ?? createTraceState()).set('ot', fields.join(';'));
}

const RANDOMNESS = /^[0-9a-f]{14}$/;
const THRESHOLD = /^[0-9a-f]{1,14}$/;

function fieldOf(traceState: TraceState | undefined, name: 'th' | 'rv'): string | undefined {
  if (traceState === undefined) return undefined;
  return fieldsOf(traceState)
    .find((field) => field.startsWith(`${name}:`))
    ?.slice(name.length + 1);
}

function fieldsOf(traceState: TraceState | undefined): readonly string[] {
  return traceState?.get('ot')?.split(';') ?? [];
}
