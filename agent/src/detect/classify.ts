import { numberOf } from './attribute-reader.ts';
import type { Group, Member } from './group.ts';
import {
  CALLS_MIN,
  CALLS_MIN_BATCH,
  CALLS_MIN_CHEAP,
  CHUNK_ARITY_MIN,
  CHUNK_CALLS_MAX,
  PIPELINE_GAP_MS,
  PIPELINE_PARALLELISM_MIN,
  PIPELINE_SHARE_MIN,
  POLLING_GAP_MS,
  POLLING_GAP_TO_CALL,
  POLLING_TIMER_GAP_MS,
  POLLING_UNEVENNESS_MAX,
  SPREAD_GAP_MS,
} from './limits.ts';
import { quantile } from './measure.ts';
import type { Timing } from './measure.ts';
import type { Verdict } from './types.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Different values among the calls; undefined when values are unknown. */
  readonly distinct: number | undefined;
  /** A duplicate that is certain: the values are known to be equal or there are none. */
  readonly isProven: boolean;
}

type Rule = (group: Group, facts: Facts) => string | undefined;

interface Facts {
  readonly n: number;
  readonly timing: Timing;
  readonly distinct: number | undefined;
}

/** What a group of two or more calls is. The first rule that holds decides. */
export function judge(group: Group, timing: Timing): Judgement {
  const facts: Facts = { n: group.members.length, timing, distinct: distinctParameters(group.members) };
  for (const [verdict, rule] of RULES) {
    const reason = rule(group, facts);
    if (reason !== undefined) {
      const isProven = !group.call.hasValues || facts.distinct === 1;
      return { verdict, reason, distinct: facts.distinct, isProven };
    }
  }
  return {
    verdict: 'n_plus_one',
    reason: loopReason(group, facts),
    distinct: facts.distinct,
    isProven: false,
  };
}

const RULES: readonly (readonly [Verdict, Rule])[] = [
  ['cursor', cursor],
  ['retry', retry],
  ['polling', polling],
  ['duplicate', duplicate],
  ['pagination', pagination],
  ['chunked_batch', chunked],
  ['spread', spread],
  ['pipelined', pipelined],
  ['chatty', chatty],
  ['duplicate', withoutPredicate],
  ['below_threshold', belowThreshold],
];

function cursor(group: Group, { n }: Facts): string | undefined {
  return group.call.role === 'cursor'
    ? `${n} fetches from one cursor: rows of a single query, read in portions.`
    : undefined;
}

function retry(group: Group, { n, distinct }: Facts): string | undefined {
  const failed = group.members.filter(isFailure).length;
  if (failed >= n - 1 && (distinct === undefined || distinct === 1))
    return `${failed} of ${n} calls failed with the same request: an operation tried again, not a loop over items.`;
  const resent = group.members.filter(
    (member) => (numberOf(member.node.span.attributes, 'httpResends') ?? 0) > 0,
  ).length;
  return resent >= n - 1 ? `${resent} of ${n} calls are marked as resent by the client.` : undefined;
}

function isSameQuestion(group: Group, distinct: number | undefined): boolean {
  // The body of a write is not on the span, so an equal URL does not mean an equal request.
  if (group.call.kind === 'http' && group.call.isWrite) return false;
  return !group.call.hasValues || distinct === 1;
}

function polling(group: Group, { n, timing, distinct }: Facts): string | undefined {
  if (!isSameQuestion(group, distinct) || !isWaiting(timing)) return undefined;
  return `The same question ${n} times with pauses of ${milliseconds(timing.medianGapMs)}: waiting for an answer to change.`;
}

/** Long pauses, or shorter ones that are even and dwarf the calls: a timer, not work between the calls. */
function isWaiting({ medianGapMs, gapsMs, sortedMs }: Timing): boolean {
  if (medianGapMs >= POLLING_GAP_MS) return true;
  if (medianGapMs < POLLING_TIMER_GAP_MS || medianGapMs < POLLING_GAP_TO_CALL * quantile(sortedMs, 0.5))
    return false;
  return quantile(gapsMs, 0.75) - quantile(gapsMs, 0.25) <= POLLING_UNEVENNESS_MAX * medianGapMs;
}

function duplicate(group: Group, { n, distinct }: Facts): string | undefined {
  if (!isSameQuestion(group, distinct) || group.call.shape?.isTruncated === true) return undefined;
  return group.call.hasValues
    ? `${n} calls with the same values: the answer could be kept for the request.`
    : `${n} calls that take no values: the answer could be kept for the request.`;
}

function pagination(group: Group, { n, timing }: Facts): string | undefined {
  if (!group.call.isPaged) return undefined;
  if (group.call.kind === 'http' && timing.parallelism > 1.5) return undefined;
  return `${n} pages of one result, read one after the other.`;
}

function chunked(group: Group, { n }: Facts): string | undefined {
  const rows = median(group.members.map((member) => member.call.shape?.rows ?? 0));
  if (rows > 1) return `${n} statements of ${rows} rows each: already written in batches.`;
  const arity = median(group.members.map((member) => member.call.shape?.inArity ?? 0));
  if (arity >= CHUNK_ARITY_MIN && n < CHUNK_CALLS_MAX)
    return `${n} statements with ${arity} values each in an IN list: already read in batches.`;
  const sizes = group.members.map((member) => member.call.listSize);
  if (n < CHUNK_CALLS_MAX && sizes.includes('unknown'))
    return `${n} statements that each take a list whose length the spans do not show: read in batches.`;
  const listed = median(sizes.map((size) => (typeof size === 'number' ? size : 0)));
  if (listed >= CHUNK_ARITY_MIN && n < CHUNK_CALLS_MAX)
    return `${n} statements that each take a list of ${listed} values: already read in batches.`;
  const batches = group.members.filter((member) => member.call.isBatch).length;
  return batches * 2 > n ? `${n} calls that each carry several items: already batched.` : undefined;
}

function spread(_group: Group, { n, timing }: Facts): string | undefined {
  if (timing.medianGapMs <= SPREAD_GAP_MS) return undefined;
  return `${n} calls spread out with pauses of ${milliseconds(timing.medianGapMs)}: a long-lived connection or worker.`;
}

function pipelined(group: Group, { n, timing }: Facts): string | undefined {
  if (group.call.kind !== 'keyvalue') return undefined;
  if (group.members.every((member) => member.call.isPipelined))
    return `${n} commands sent together in one pipeline.`;
  let close = 0;
  let before = group.members[0]?.node.span.startMs ?? 0;
  for (const { node } of group.members.slice(1)) {
    if (node.span.startMs - before <= PIPELINE_GAP_MS) close++;
    before = node.span.startMs;
  }
  const isTogether = close >= PIPELINE_SHARE_MIN * (n - 1) && timing.parallelism > PIPELINE_PARALLELISM_MIN;
  return isTogether
    ? `${n} commands sent at once without waiting for each other: one round trip.`
    : undefined;
}

function chatty(group: Group, { n, distinct }: Facts): string | undefined {
  const isSameUrl =
    group.call.kind === 'http' &&
    group.call.isWrite &&
    (distinct === undefined || distinct === 1 || !group.call.hasValues);
  return isSameUrl
    ? `${n} requests to the same address whose contents are not visible: a conversation, not a lookup.`
    : undefined;
}

function withoutPredicate(group: Group, { n, distinct }: Facts): string | undefined {
  const { shape, isWrite, kind } = group.call;
  if (kind !== 'sql' || shape === undefined || isWrite || shape.isTruncated || distinct !== undefined)
    return undefined;
  if (shape.equalities > 0 || shape.hasIn || shape.verb !== 'read') return undefined;
  return `${n} times the same query without a key to look up: nothing shows that it asks for different rows.`;
}

function belowThreshold(group: Group, { n, distinct }: Facts): string | undefined {
  const least = callsMin(group, distinct);
  return n < least ? `${n} calls; ${least} are needed to call it a loop.` : undefined;
}

function callsMin(group: Group, distinct: number | undefined): number {
  if (group.call.kind === 'publish' || group.scope.isBatch) return CALLS_MIN_BATCH;
  const { kind } = group.call;
  const isVague = kind === 'keyvalue' || kind === 'rpc' || (kind === 'http' && distinct === undefined);
  return isVague ? CALLS_MIN_CHEAP : CALLS_MIN;
}

function loopReason(group: Group, { n, distinct, timing }: Facts): string {
  const how = timing.parallelism > 1.5 ? 'at once' : 'one after the other';
  const values =
    distinct === undefined ? 'with values that the spans do not show' : `with ${distinct} different values`;
  const what = group.call.isWrite ? 'The same write' : 'The same call';
  return `${what} ${n} times in one request, ${how}, ${values}.`;
}

function isFailure({ node, call }: Member): boolean {
  if (node.span.isError) return true;
  const status = numberOf(node.span.attributes, 'httpStatus') ?? 0;
  return call.kind === 'http' && (status >= 500 || status === 429);
}

function distinctParameters(members: readonly Member[]): number | undefined {
  const seen = new Set<string>();
  for (const { call } of members) {
    if (call.parameters === undefined) return undefined;
    seen.add(call.parameters);
  }
  const isEqualityHidden = seen.size === 1 && members.some((member) => member.call.isPartlyHidden === true);
  return isEqualityHidden ? undefined : seen.size;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function milliseconds(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}
