import { ROOT_CONTEXT, TraceFlags, createTraceState, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import type { SamplingResult } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import type { SamplerName } from '../config.ts';
import { headSamplerOf } from './head-sampler.ts';

const UPPER = '000000000000000000ffffffffffffff';
const LOWER = '00000000000000000010000000000000';

function under(parent: { isSampled: boolean; isRemote: boolean; state?: string }): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: UPPER,
    spanId: '00000000000000a1',
    traceFlags: parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: parent.isRemote,
    ...(parent.state === undefined ? {} : { traceState: createTraceState(parent.state) }),
  });
}

function decide(name: SamplerName, context: Context, traceId = UPPER): SamplingResult {
  return headSamplerOf({ name, ratio: 0.5 }).shouldSample(context, traceId, 'GET /', 1, {}, []);
}

const remoteYes = under({ isSampled: true, isRemote: true, state: 'ot=th:c' });
const remoteNo = under({ isSampled: false, isRemote: true });

it.each<[SamplerName, string, Context, string, boolean, string | undefined]>([
  ['always_on', 'a root', ROOT_CONTEXT, LOWER, true, undefined],
  ['always_on', 'a caller that did not sample', remoteNo, LOWER, true, undefined],
  ['always_on', 'a caller that sampled a quarter', remoteYes, LOWER, true, 'ot=th:0'],
  ['always_off', 'a caller that sampled', remoteYes, UPPER, false, undefined],
  ['traceidratio', 'a root in its half', ROOT_CONTEXT, UPPER, true, 'ot=th:8'],
  ['traceidratio', 'a root in the other half', ROOT_CONTEXT, LOWER, false, undefined],
  ['traceidratio', 'a caller that sampled a quarter', remoteYes, UPPER, true, 'ot=th:8'],
  ['parentbased_always_on', 'a root', ROOT_CONTEXT, LOWER, true, undefined],
  ['parentbased_always_on', 'a caller that did not sample', remoteNo, UPPER, false, undefined],
  ['parentbased_always_off', 'a root', ROOT_CONTEXT, UPPER, false, undefined],
  ['parentbased_always_off', 'a caller that sampled', remoteYes, LOWER, true, undefined],
  ['parentbased_traceidratio', 'a root in its half', ROOT_CONTEXT, UPPER, true, 'ot=th:8'],
  ['parentbased_traceidratio', 'a caller that sampled', remoteYes, LOWER, true, undefined],
  ['parentbased_traceidratio', 'a caller that did not', remoteNo, UPPER, false, undefined],
])('%s under %s', (name, _, context, traceId, isSampled, state) => {
  const { decision, traceState } = decide(name, context, traceId);
  expect(decision).toBe(isSampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD);
  // Undefined leaves the caller's tracestate, and so its threshold, as it is.
  expect(traceState?.serialize()).toBe(state);
});

it('gives the spans of one request one decision, also when it is not parent-based', () => {
  const local = under({ isSampled: false, isRemote: false });
  expect(decide('traceidratio', local).decision).toBe(SamplingDecision.RECORD);
  expect(decide('always_on', under({ isSampled: true, isRemote: false })).decision).toBe(
    SamplingDecision.RECORD_AND_SAMPLED,
  );
});
