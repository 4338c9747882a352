import type { EvidenceRequest } from '@nightjar/alerts';
import type { Labels, Matcher, Signal, SignalOf } from '@nightjar/alerts/schema';
import { Binding, listed } from './signal-binding.ts';
import type { BoundTexts } from './signal-binding.ts';
import { badText, badWhenOf, requestLabels } from './signal-requests.ts';

/** What the requests of a bad window are, and which of them are the bad ones: conditions on `t`, their texts bound. */
export interface Suspects {
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined where the alert is about the requests of all services. */
  readonly service: string | undefined;
  readonly where: string;
  /** Undefined where nothing tells good from bad: the slowest stand for all. */
  readonly bad: string | undefined;
  readonly worstBy: 'db_query_count' | 'duration_ns';
  readonly bound: BoundTexts;
}

/** The statements of one message; the message waits two seconds for all of them. */
export const evidenceQueryTimeoutMs = 1_500;

const requestKinds: ReadonlySet<Signal['kind']> = new Set([
  'latency',
  'error_rate',
  'throughput',
  'burn_rate',
  'queries_per_request',
]);

/** Labels of alerts that are columns of requests; the others may be whatever the rule's author wrote there. */
const columnOf = {
  service: 'service',
  operation: 'operation',
  environment: 'environment',
  queue: 'messaging_destination',
} as const;

/** Undefined where the alert is not about requests, or not about those of a service. */
export function suspectsOf(request: EvidenceRequest): Suspects | undefined {
  const { labels, threshold, fromMs, toMs } = request;
  const signal = request.signal?.kind === 'baseline' ? request.signal.of : request.signal;
  const filter = filterOf(signal);
  const known = { ...pinnedBy(filter), ...labels };
  const { service } = known;
  const isOfRequests = signal !== undefined && requestKinds.has(signal.kind);
  if (service === undefined && !isOfRequests) return undefined;
  const binding = new Binding({ fromMs, toMs });
  const conditions = Object.entries(columnOf).flatMap(([label, column]) => {
    const value = known[label];
    return value === undefined ? [] : [`t.${column} = ${binding.add(value)}`];
  });
  const labelOf = listed(requestLabels, 'evidence');
  for (const matcher of isOfRequests ? filter : [])
    if (isColumn(matcher.label)) conditions.push(binding.match(labelOf(matcher.label), matcher));
  const limit = request.signal?.kind === 'baseline' ? null : threshold;
  return {
    fromMs,
    toMs,
    service,
    where: conditions.length === 0 ? '1 = 1' : conditions.join('\n  AND '),
    bad: badOf(signal, { limit, binding }),
    worstBy: signal?.kind === 'queries_per_request' ? 'db_query_count' : 'duration_ns',
    bound: binding.bound,
  };
}

function isColumn(label: string): boolean {
  return requestLabels.some((it) => it === label);
}

function filterOf(signal: Signal | undefined): readonly Matcher[] {
  if (signal === undefined || signal.kind === 'baseline') return [];
  return (signal.kind === 'burn_rate' ? signal.slo.filter : signal.filter) ?? [];
}

/** Labels that a filter pins to one value. */
function pinnedBy(filter: readonly Matcher[]): Labels {
  return Object.fromEntries(filter.filter(({ op }) => op === '=').map(({ label, value }) => [label, value]));
}

interface BadAsked {
  readonly limit: number | null;
  readonly binding: Binding;
}

function badOf(signal: Signal | undefined, { limit, binding }: BadAsked): string | undefined {
  if (signal?.kind === 'error_rate' || signal?.kind === 'burn_rate') return failedOf(signal, binding);
  if (signal?.kind === 'latency') return limit === null ? undefined : `t.duration_ns > ${limit * 1e6}`;
  if (signal?.kind !== 'queries_per_request') return undefined;
  // As a multiple of the release before, the threshold is no number of queries.
  return `t.db_query_count > ${signal.compare === 'none' ? (limit ?? 0) : 0}`;
}

/** What the rule itself takes for failed. */
function failedOf(signal: SignalOf<'error_rate'> | SignalOf<'burn_rate'>, binding: Binding): string {
  const badWhen = badWhenOf(signal);
  if (badWhen === undefined) return 't.is_error';
  return `(${badText(badWhen, { labelOf: listed(requestLabels, signal.kind), binding })})`;
}
