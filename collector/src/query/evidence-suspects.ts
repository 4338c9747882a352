import type { EvidenceRequest } from '@nightjar/alerts';
import type { Labels, Matcher, Signal } from '@nightjar/alerts/schema';

/** What the requests of a bad window are, and which of them are the bad ones. */
export interface Suspects {
  readonly fromMs: number;
  readonly toMs: number;
  readonly service: string;
  readonly operation: string | undefined;
  readonly environment: string | undefined;
  readonly queue: string | undefined;
  readonly badness: Badness;
}

export type Badness =
  | { readonly kind: 'error' }
  | { readonly kind: 'slow'; readonly aboveMs: number }
  | { readonly kind: 'queries'; readonly above: number }
  /** Nothing tells good from bad: the slowest stand for all. */
  | { readonly kind: 'none' };

/** The statements of one message; the message waits two seconds for all of them. */
export const evidenceQueryTimeoutMs = 1_500;

/** Undefined where the alert is about no service: its requests cannot be told. */
export function suspectsOf({
  signal,
  labels,
  threshold,
  fromMs,
  toMs,
}: EvidenceRequest): Suspects | undefined {
  const measured = signal?.kind === 'baseline' ? signal.of : signal;
  const known = { ...fixedBy(measured), ...labels };
  const { service, operation, environment, queue } = known;
  if (service === undefined) return undefined;
  const limit = signal?.kind === 'baseline' ? null : threshold;
  return { fromMs, toMs, service, operation, environment, queue, badness: badnessOf(measured, limit) };
}

/** Labels that a filter pins to one value. */
function fixedBy(signal: Signal | undefined): Labels {
  if (signal === undefined || signal.kind === 'baseline') return {};
  const filter: readonly Matcher[] = (signal.kind === 'burn_rate' ? signal.slo.filter : signal.filter) ?? [];
  return Object.fromEntries(filter.filter(({ op }) => op === '=').map(({ label, value }) => [label, value]));
}

function badnessOf(signal: Signal | undefined, threshold: number | null): Badness {
  if (signal?.kind === 'error_rate' || signal?.kind === 'burn_rate') return { kind: 'error' };
  if (signal?.kind === 'latency' && threshold !== null) return { kind: 'slow', aboveMs: threshold };
  if (signal?.kind !== 'queries_per_request') return { kind: 'none' };
  // As a multiple of the release before, the threshold is no number of queries.
  return { kind: 'queries', above: signal.compare === 'none' ? (threshold ?? 0) : 0 };
}
