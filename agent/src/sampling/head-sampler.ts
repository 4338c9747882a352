/**
 * The decision at the start of a trace. It is never "do not record": what is not sampled is still counted and judged, and
 * `RequestGate` exports it after all when it turns out to matter. The threshold goes on in the tracestate, so that every
 * service of the trace, and the collector, knows what a span stands for.
 */
import { SamplingDecision, TraceFlags, isSpanContextValid, trace } from '@opentelemetry/api';
import type { Context, TraceState } from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace';
import type { AgentConfig } from '../config.ts';
import { CERTAIN, isTaken, thresholdIn, thresholdOf, withThreshold } from './threshold.ts';

export function headSamplerOf({ name, ratio }: AgentConfig['sampler']): Sampler {
  const isParentBased = name.startsWith('parentbased_');
  const threshold = rootThresholdOf(name, ratio);
  return {
    shouldSample: (context, traceId) =>
      inherited(context, isParentBased) ?? atRoot(context, traceId, threshold),
    toString: () => `Nightjar{${name}, ${ratio}}`,
  };
}

const SAMPLED: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const COUNTED: SamplingResult = { decision: SamplingDecision.RECORD };

/** Undefined: nothing is taken. */
function rootThresholdOf(name: AgentConfig['sampler']['name'], ratio: number): string | undefined {
  if (name.endsWith('always_on')) return CERTAIN;
  if (name.endsWith('always_off') || ratio <= 0) return undefined;
  return thresholdOf(ratio);
}

/** A request in this process is one decision, whatever the sampler; a caller's holds for those that are parent-based. */
function inherited(context: Context, isParentBased: boolean): SamplingResult | undefined {
  const parent = trace.getSpanContext(context);
  if (parent === undefined || !isSpanContextValid(parent)) return undefined;
  if (parent.isRemote === true && !isParentBased) return undefined;
  return (parent.traceFlags & TraceFlags.SAMPLED) === 0 ? COUNTED : SAMPLED;
}

function atRoot(context: Context, traceId: string, threshold: string | undefined): SamplingResult {
  const parentState = trace.getSpanContext(context)?.traceState;
  // The usual case at once: all are taken, and nothing came with the request that says otherwise.
  if (threshold === CERTAIN && parentState === undefined) return SAMPLED;
  if (threshold === undefined || !isTaken(traceId, parentState, threshold)) return COUNTED;
  if (threshold === CERTAIN && thresholdIn(parentState) === undefined) return SAMPLED;
  return sampledWith(withThreshold(parentState, threshold));
}

function sampledWith(traceState: TraceState | undefined): SamplingResult {
  return traceState === undefined ? SAMPLED : { ...SAMPLED, traceState };
}
