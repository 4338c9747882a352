import { DB_POOL_WAIT_MS } from '../attributes.ts';
import { hashOf } from '../sql/index.ts';
import { isConnectSpan, isCounted } from './call.ts';
import type { Call } from './call.ts';
import type { Group, Member, ScopeCalls } from './group.ts';
import {
  CONSECUTIVE_CALL_MS_MIN,
  CONSECUTIVE_SAVED_MS_MIN,
  POOL_WAIT_MS_MIN,
  SAVED_SHARE_MIN,
  TRANSACTION_HTTP_HIGH_MS,
  TRANSACTION_HTTP_MEDIUM_MS,
  TRANSACTION_HTTP_MS_MIN,
} from './limits.ts';
import { timingOf } from './measure.ts';
import { findingOf } from './report.ts';
import type { Node, Scope } from './scope.ts';
import { transactionsOf } from './transactions.ts';
import type { Transaction } from './transactions.ts';
import type { Finding, Severity } from './types.ts';

/** Statements shown of those that ran in turn. */
const SHOWN_MAX = 8;
/** Calls of a transaction held against its statements. */
const COMPARED_MAX = 64;

/**
 * Reads one after the other that need nothing of each other: each either takes no values, or takes the very values of the
 * first, so that they were known before that one was asked. `told` are groups that other findings explain.
 */
export function consecutiveFindings(calls: ScopeCalls, told: ReadonlySet<Group>): Finding[] {
  const explained = new Set([...told].flatMap((group) => group.members));
  const transactions = transactionsOf(calls.controls);
  const findings: Finding[] = [];
  let run: Member[] = [];
  const close = (): void => {
    const finding = consecutiveFinding(calls.scope, run);
    if (finding !== undefined) findings.push(finding);
    run = [];
  };
  for (const member of calls.members) {
    if (!isDatabaseRead(member) || explained.has(member) || transactions.some((one) => holds(one, member))) {
      // A write may change what is read after it; a call of another service may be what the next read is about.
      close();
      continue;
    }
    if (!goesOn(run, member)) close();
    run.push(member);
  }
  close();
  return findings;
}

function isDatabaseRead({ call }: Member): boolean {
  return isCounted(call) && call.role === 'plain' && !call.isWrite && !call.isPipelined;
}

/** The run goes on with what starts after its last, under the same parent, and does not need its answers. */
function goesOn(run: readonly Member[], next: Member): boolean {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) return true;
  const { span } = last.node;
  if (next.node.parent !== first.node.parent || next.node.span.startMs < span.startMs + span.durationMs)
    return false;
  if (run.some((member) => member.call.fingerprint === next.call.fingerprint)) return false;
  const { call } = next;
  if (!call.hasValues) return true;
  return (
    call.parameters !== undefined && call.isPartlyHidden !== true && call.parameters === first.call.parameters
  );
}

function consecutiveFinding(scope: Scope, run: readonly Member[]): Finding | undefined {
  const members = run.filter((member) => member.node.span.durationMs >= CONSECUTIVE_CALL_MS_MIN);
  if (members.length < 2) return undefined;
  const { totalMs, sortedMs } = timingOf(members);
  const savedMs = totalMs - (sortedMs.at(-1) ?? 0);
  if (savedMs < CONSECUTIVE_SAVED_MS_MIN || savedMs < durationOf(scope) * SAVED_SHARE_MIN) return undefined;
  const statements = members.map((member) => member.call.statement);
  const call = madeCall(statements.slice(0, SHOWN_MAX).join(';\n'), [
    'consecutive',
    ...members.map((member) => member.call.fingerprint),
  ]);
  const scopeName = members[0]?.node.span.scopeName ?? '';
  return findingOf({ scope, call, members, scopeName }, totalMs, {
    kind: 'consecutive_queries',
    reason: `${members.length} reads ran one after the other, and none takes a value that another could have answered.`,
    savedMs,
    // What decides whether the next one is asked at all is not in the spans.
    confidence: 'medium',
    calls: members.length,
  });
}

/**
 * Time before statements in which no connection was to be had. A loop that fills the pool with its own calls is told of
 * already: what those wait for each other goes away with it.
 */
export function poolWaitFinding(calls: ScopeCalls, told: ReadonlySet<Group>): Finding | undefined {
  const { scope } = calls;
  const explained = new Set([...told].flatMap((group) => group.members));
  const besides = new Set([...explained].map((member) => member.node.parent));
  const waits = [...waitingSpans(calls), ...waitsBeforeStatements(calls)]
    .filter(
      ({ member }) =>
        !explained.has(member) && !(member.call === CONNECTION && besides.has(member.node.parent)),
    )
    .sort((a, b) => a.fromMs - b.fromMs);
  let waitedMs = 0;
  let endMs = -Infinity;
  for (const { fromMs, toMs } of waits) {
    waitedMs += Math.max(0, toMs - Math.max(fromMs, endMs));
    endMs = Math.max(endMs, toMs);
  }
  if (waitedMs < POOL_WAIT_MS_MIN || waitedMs < durationOf(scope) * SAVED_SHARE_MIN) return undefined;
  const members = waits.map(({ member }) => member);
  const call = madeCall('waiting for a connection of the pool', ['pool', scope.service]);
  return findingOf({ scope, call, members, scopeName: '' }, waitedMs, {
    kind: 'pool_wait',
    reason: `${members.length === 1 ? 'One call' : `${members.length} calls`} waited ${Math.round(waitedMs)} ms in all for a connection of the pool.`,
    savedMs: waitedMs,
    confidence: 'medium',
    calls: members.length,
  });
}

interface Wait {
  readonly member: Member;
  readonly fromMs: number;
  readonly toMs: number;
}

const POOL_SPAN = /pool|getconnection/i;

/** Spans around the borrowing of a connection; opening one inside of it is no waiting. */
function waitingSpans({ overhead }: ScopeCalls): Wait[] {
  const openingMs = new Map<Node, number>();
  for (const { span, parent } of overhead) {
    if (parent !== undefined && isConnectSpan(span))
      openingMs.set(parent, (openingMs.get(parent) ?? 0) + span.durationMs);
  }
  return overhead.flatMap((node) => {
    if (!isConnectSpan(node.span) || !POOL_SPAN.test(node.span.name)) return [];
    const { startMs, durationMs } = node.span;
    const toMs = startMs + Math.max(0, durationMs - (openingMs.get(node) ?? 0));
    return toMs > startMs ? [{ member: { node, call: CONNECTION }, fromMs: startMs, toMs }] : [];
  });
}

/** What the agent measured itself. */
function waitsBeforeStatements({ members }: ScopeCalls): Wait[] {
  return members.flatMap((member) => {
    const { attributes, startMs } = member.node.span;
    const waitedMs = attributes[DB_POOL_WAIT_MS];
    if (typeof waitedMs !== 'number' || !(waitedMs > 0)) return [];
    return [{ member, fromMs: startMs - waitedMs, toMs: startMs }];
  });
}

/** Calls of other services between BEGIN and COMMIT, while nothing else is done on that connection. */
export function transactionFindings(calls: ScopeCalls): Finding[] {
  return transactionsOf(calls.controls).flatMap((transaction) => {
    const held = calls.members.filter((member) => holds(transaction, member));
    const remote = held.filter(({ call }) => call.kind === 'http' || call.kind === 'rpc');
    const first = remote[0];
    if (first === undefined) return [];
    // Statements that run while the call is on its way: the app waits for neither alone.
    if (
      remote
        .slice(0, COMPARED_MAX)
        .some((member) => held.some((other) => isCounted(other.call) && overlaps(member, other)))
    )
      return [];
    const { totalMs, unionMs } = timingOf(remote);
    if (unionMs < TRANSACTION_HTTP_MS_MIN) return [];
    const group = {
      scope: calls.scope,
      call: first.call,
      members: remote,
      scopeName: first.node.span.scopeName,
    };
    return [
      findingOf(group, totalMs, {
        kind: 'http_in_transaction',
        reason: `A transaction of ${Math.round(transaction.endMs - transaction.startMs)} ms was open for ${Math.round(unionMs)} ms of calls to other services.`,
        // The request gets no faster by it: those who wait for the connection or the locks do.
        savedMs: 0,
        confidence: 'high',
        calls: remote.length,
        severity: heldSeverity(unionMs),
      }),
    ];
  });
}

function heldSeverity(heldMs: number): Severity {
  if (heldMs >= TRANSACTION_HTTP_HIGH_MS) return 'high';
  return heldMs >= TRANSACTION_HTTP_MEDIUM_MS ? 'medium' : 'low';
}

function holds({ startMs, endMs, parent }: Transaction, { node }: Member): boolean {
  if (node.span.startMs < startMs || node.span.startMs + node.span.durationMs > endMs) return false;
  for (let above = node.parent; above !== undefined; above = above.parent) if (above === parent) return true;
  return parent === undefined;
}

function overlaps({ node: a }: Member, { node: b }: Member): boolean {
  return (
    a.span.startMs < b.span.startMs + b.span.durationMs && b.span.startMs < a.span.startMs + a.span.durationMs
  );
}

function durationOf({ startMs, endMs }: Scope): number {
  return endMs - startMs;
}

/** Stands for what no one call says. */
function madeCall(statement: string, parts: readonly string[]): Call {
  return { ...CONNECTION, statement, fingerprint: hashOf(...parts) };
}

const CONNECTION: Call = {
  kind: 'sql',
  role: 'plain',
  statement: '',
  fingerprint: '',
  parameters: undefined,
  hasValues: true,
  isWrite: false,
  isBatch: false,
  isPaged: false,
  isPipelined: false,
  entity: '',
};
