/**
 * Decides at the end of a request whether its spans are exported and for how many requests they stand:
 *  - a finding, an error or a slow request: always, as one;
 *  - another that the head sampler took: as it said, thinned further by the limit of its route;
 *  - the rest: not at all. They are counted.
 * A span that is certain to be exported must not carry the head sampler's weight, so spans are held until the request is
 * known, unless every outcome is the same. The arithmetic is in docs/sampling.md.
 */
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { FINDING_COUNT } from '../attributes.ts';
import type { RouteLimit } from './route-limit.ts';
import {
  CERTAIN,
  PROBABILITY_MIN,
  probabilityOf,
  thresholdIn,
  thresholdOf,
  withThreshold,
} from './threshold.ts';

/** 'as_sampled': the head sampler's word and weight hold. */
export type Verdict = 'as_sampled' | 'dropped' | { readonly threshold: string };

/** What the gate keeps of a request, on the request. */
export interface GatedRequest {
  readonly entry: { readonly spanContext: () => SpanContext };
  held: ReadableSpan[];
  verdict: Verdict | undefined;
}

export type RequestOutcome =
  'sampled' | 'finding' | 'error' | 'slow' | 'long' | 'unsampled' | 'route_limited' | 'unheld';

export interface RequestGate {
  /** Without a request, a span goes by its own flag. */
  readonly add: (span: ReadableSpan, request: GatedRequest | undefined) => void;
  /** Its entry span will not come any more. */
  readonly abandon: (request: GatedRequest) => void;
  /** Every request of this process, exported or not. */
  readonly outcomes: ReadonlyMap<RequestOutcome, number>;
}

export interface GatePorts {
  readonly next: (span: ReadableSpan) => void;
  readonly slowRequestMs: number;
  readonly routeLimit: RouteLimit | undefined;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly limits?: Partial<GateLimits>;
}

export interface GateLimits {
  /** A request with more spans than that is exported whole: it is one to look at. */
  readonly heldPerRequestMax: number;
  /** Over all requests. Beyond it a request goes by the head sampler's word alone. */
  readonly heldMax: number;
}

const LIMITS: GateLimits = { heldPerRequestMax: 2_000, heldMax: 50_000 };
const WHOLE: Verdict = { threshold: CERTAIN };

export function createRequestGate(ports: GatePorts): RequestGate {
  const limits = { ...LIMITS, ...ports.limits };
  const outcomes = new Map<RequestOutcome, number>();
  let held = 0;

  const conclude = (request: GatedRequest, { outcome, verdict }: Conclusion): void => {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    request.verdict = verdict;
    const spans = request.held;
    request.held = [];
    held -= spans.length;
    for (const span of spans) forward(span, verdict);
  };
  const forward = (span: ReadableSpan, verdict: Verdict): void => {
    if (verdict === 'dropped') return;
    if (verdict === 'as_sampled') {
      if (isSampled(span.spanContext())) ports.next(span);
    } else ports.next(withVerdict(span, verdict.threshold));
  };
  const hold = (request: GatedRequest, span: ReadableSpan): boolean => {
    if (request.held.length >= limits.heldPerRequestMax) {
      conclude(request, { outcome: 'long', verdict: WHOLE });
      return false;
    }
    if (held >= limits.heldMax) {
      conclude(request, { outcome: 'unheld', verdict: 'as_sampled' });
      return false;
    }
    held++;
    request.held.push(span);
    return true;
  };

  return {
    outcomes,
    abandon: (request) => {
      if (request.verdict === undefined) conclude(request, { outcome: 'slow', verdict: WHOLE });
    },
    add: (span, request) => {
      if (request === undefined) return forward(span, 'as_sampled');
      const isEntry = span.spanContext().spanId === request.entry.spanContext().spanId;
      if (request.verdict === undefined && isEntry) conclude(request, conclusionOf(span, ports));
      const isOpen = request.verdict === undefined && isUncertain(request, ports.routeLimit);
      if (isOpen && hold(request, span)) return;
      forward(span, request.verdict ?? 'as_sampled');
    },
  };
}

interface Conclusion {
  readonly outcome: RequestOutcome;
  readonly verdict: Verdict;
}

function conclusionOf(entry: ReadableSpan, { slowRequestMs, routeLimit, random }: GatePorts): Conclusion {
  const matter = matterOf(entry, slowRequestMs);
  if (matter !== undefined) return { outcome: matter, verdict: WHOLE };
  const context = entry.spanContext();
  if (!isSampled(context)) return { outcome: 'unsampled', verdict: 'dropped' };
  if (routeLimit === undefined) return { outcome: 'sampled', verdict: 'as_sampled' };
  const head = probabilityOf(thresholdIn(context.traceState) ?? CERTAIN);
  const share = Math.min(1, Math.max(routeLimit(entry.name), PROBABILITY_MIN / head));
  if (share === 1) return { outcome: 'sampled', verdict: 'as_sampled' };
  if (random() >= share) return { outcome: 'route_limited', verdict: 'dropped' };
  return { outcome: 'sampled', verdict: { threshold: thresholdOf(head * share) } };
}

function matterOf(entry: ReadableSpan, slowRequestMs: number): RequestOutcome | undefined {
  if (entry.attributes[FINDING_COUNT] !== undefined) return 'finding';
  if (entry.status.code === SpanStatusCode.ERROR) return 'error';
  return entry.duration[0] * 1e3 + entry.duration[1] / 1e6 >= slowRequestMs ? 'slow' : undefined;
}

/** False when the request is exported as one whatever becomes of it, so that nothing need wait. */
function isUncertain(request: GatedRequest, routeLimit: RouteLimit | undefined): boolean {
  if (routeLimit !== undefined) return true;
  const context = request.entry.spanContext();
  return !isSampled(context) || (thresholdIn(context.traceState) ?? CERTAIN) !== CERTAIN;
}

function isSampled(context: SpanContext): boolean {
  return (context.traceFlags & TraceFlags.SAMPLED) !== 0;
}

function withVerdict(span: ReadableSpan, threshold: string): ReadableSpan {
  const context = span.spanContext();
  const isSaid = (thresholdIn(context.traceState) ?? CERTAIN) === threshold;
  if (isSaid && isSampled(context)) return span;
  const traceState = withThreshold(context.traceState, threshold === CERTAIN ? undefined : threshold);
  const { traceState: _, ...ids } = context;
  const told: SpanContext = {
    ...ids,
    traceFlags: context.traceFlags | TraceFlags.SAMPLED,
    ...(traceState === undefined ? {} : { traceState }),
  };
  const view: unknown = Object.create(span, { spanContext: { value: () => told } });
  return view as ReadableSpan;
}
