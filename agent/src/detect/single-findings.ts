import { hashOf } from '../sql/index.ts';
import { numberOf } from './attribute-reader.ts';
import { isCounted } from './call.ts';
import type { Call } from './call.ts';
import { duplicateSavedMs } from './cost.ts';
import type { Group, Member, ScopeCalls } from './group.ts';
import {
  CHATTY_QUERIES_MIN,
  CHATTY_QUERIES_MIN_BATCH,
  CHATTY_STATEMENTS_MIN,
  DUPLICATE_SAVED_MS_MIN,
  DUPLICATES_MIN,
  SLOW_CRITICAL_MS,
  SLOW_HIGH_MS,
  SLOW_STATEMENT_MS,
  SLOW_TARGET_MS,
  UNBOUNDED_ROWS_MIN,
} from './limits.ts';
import { quantile, timingOf } from './measure.ts';
import { findingOf } from './report.ts';
import type { Judged } from './report.ts';
import type { Finding, Severity } from './types.ts';

/** Equal reads of a table that could have been one. */
export function duplicateFinding({ group, timing, judgement }: Judged): Finding | undefined {
  const { call, members } = group;
  if (judgement.verdict !== 'duplicate' || !judgement.isProven || members.length < DUPLICATES_MIN)
    return undefined;
  // Without a table nothing says that two answers are equal: nextval(), now(), SELECT 1.
  if (call.isWrite || call.entity === '' || call.kind === 'rpc' || call.kind === 'publish') return undefined;
  const savedMs = duplicateSavedMs(timing);
  if (savedMs < DUPLICATE_SAVED_MS_MIN) return undefined;
  const confidence = judgement.distinct === 1 || !call.hasValues ? 'high' : 'medium';
  return findingOf(group, timing.totalMs, {
    kind: 'duplicate_query',
    reason: judgement.reason,
    savedMs,
    confidence,
    calls: members.length,
  });
}

/** Statements that take long one by one. */
export function slowFinding(group: Group, slowMs = SLOW_STATEMENT_MS): Finding | undefined {
  if (!isCounted(group.call) || group.call.role !== 'plain') return undefined;
  const slow = group.members.filter((member) => member.node.span.durationMs >= slowMs);
  if (slow.length === 0) return undefined;
  const timing = timingOf(slow);
  const savedMs = Math.max(
    0,
    timing.unionMs - Math.min(SLOW_TARGET_MS, slowMs) * (timing.unionMs / timing.totalMs) * slow.length,
  );
  const slowestMs = timing.sortedMs.at(-1) ?? 0;
  return findingOf({ ...group, members: slow }, timing.totalMs, {
    kind: 'slow_statement',
    reason: `${slow.length === 1 ? 'One call' : `${slow.length} calls`} of at least ${slowMs} ms; the slowest took ${Math.round(slowestMs)} ms.`,
    savedMs,
    confidence: 'high',
    calls: slow.length,
    severity: slowSeverity(slowestMs),
  });
}

/** A single slow call may have waited for a lock or a busy machine: it takes more than a loop to be critical. */
function slowSeverity(slowestMs: number): Severity {
  if (slowestMs >= SLOW_CRITICAL_MS) return 'critical';
  return slowestMs >= SLOW_HIGH_MS ? 'high' : 'medium';
}

/** A read that brought in more rows than a request can use. */
export function unboundedFinding(group: Group): Finding | undefined {
  const { shape } = group.call;
  if (shape?.verb !== 'read' || shape.hasLimit || group.call.role !== 'plain') return undefined;
  const large = group.members.filter((member) => rowsOf(member) >= UNBOUNDED_ROWS_MIN);
  if (large.length === 0) return undefined;
  const timing = timingOf(large);
  return findingOf({ ...group, members: large }, timing.totalMs, {
    kind: 'unbounded_select',
    reason: `Returned ${large.reduce((most, member) => Math.max(most, rowsOf(member)), 0)} rows without a limit.`,
    savedMs: timing.unionMs / 2,
    confidence: 'medium',
    calls: large.length,
  });
}

/** Many different statements in one request, where no loop explains most of them. `explained` are calls in other findings. */
export function chattyFinding(calls: ScopeCalls, explained: number): Finding | undefined {
  const members = calls.members.filter((member) => isCounted(member.call) && !member.call.isPipelined);
  const least = calls.scope.isBatch ? CHATTY_QUERIES_MIN_BATCH : CHATTY_QUERIES_MIN;
  if (members.length < least || explained * 2 > members.length) return undefined;
  const different = new Set(members.map((member) => member.call.fingerprint)).size;
  if (different < CHATTY_STATEMENTS_MIN) return undefined;
  const timing = timingOf(members);
  const roundTripMs = quantile(timing.sortedMs, 0.1);
  return findingOf({ scope: calls.scope, call: chattyCall(calls), members, scopeName: '' }, timing.totalMs, {
    kind: 'chatty_request',
    reason: `${members.length} calls of ${different} different kinds in one request.`,
    savedMs: Math.min(roundTripMs * (members.length - CHATTY_STATEMENTS_MIN), timing.unionMs),
    confidence: 'medium',
    calls: members.length,
  });
}

function chattyCall({ scope }: ScopeCalls): Call {
  return {
    kind: 'sql',
    role: 'plain',
    statement: 'many different statements',
    fingerprint: hashOf('chatty', scope.service, scope.operation),
    parameters: undefined,
    hasValues: true,
    isWrite: false,
    isBatch: false,
    isPaged: false,
    isPipelined: false,
    entity: '',
  };
}

function rowsOf(member: Member): number {
  return numberOf(member.node.span.attributes, 'returnedRows') ?? 0;
}
