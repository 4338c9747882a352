import { hashOf } from '../sql/index.ts';
import { anchorId, anchorOf } from './anchor.ts';
import { sharedSite } from './call-site.ts';
import type { SharedSite } from './call-site.ts';
import type { Judgement } from './classify.ts';
import { loopSavedMs, severityOf } from './cost.ts';
import type { Group, ScopeCalls } from './group.ts';
import { hintOf } from './hint.ts';
import { MEMBERS_MAX } from './limits.ts';
import type { Loop } from './loops.ts';
import type { Timing } from './measure.ts';
import type { Node } from './scope.ts';
import { sourceOf } from './source.ts';
import { nameTemplate } from './templates.ts';
import type { Companion, Confidence, Finding, FindingKind, Repeat, Severity } from './types.ts';

/** A group with what was found out about it. */
export interface Judged {
  readonly group: Group;
  readonly timing: Timing;
  readonly judgement: Judgement;
}

/** What a finding adds to the group it is about. */
export interface Claim {
  readonly kind: FindingKind;
  readonly reason: string;
  readonly savedMs: number;
  readonly confidence: Confidence;
  /** The most calls of one statement, for the severity. */
  readonly calls: number;
  /** Where the time saved is too rough to judge by. */
  readonly severity?: Severity;
}

/** A repeat always has its line. Of a single call it is sampled, so that it must not decide which finding this is. */
const KINDS_BY_SITE: ReadonlySet<FindingKind> = new Set(['n_plus_one', 'duplicate_query', 'chatty_request']);

export function repeatOf({ group, timing, judgement }: Judged): Repeat {
  return { ...factsOf(group, timing.totalMs, judgement.reason), verdict: judgement.verdict };
}

export function loopFinding(loop: Loop, calls: ScopeCalls): Finding {
  const { group, timing, judgement } = loop.head;
  const all = [loop.head, ...loop.others];
  const anchor = anchorOf(group.members);
  const source = sourceOf(group, anchor, calls);
  const site = sharedSite(group.members);
  const finding = findingOf(group, timing.totalMs, {
    kind: 'n_plus_one',
    reason: reasonOf(loop, source?.isConfirmed === true),
    savedMs: loopSavedMs(
      all.map((judged) => judged.timing),
      calls.overhead,
    ),
    confidence: loopConfidence(group, judgement, site),
    calls: Math.max(...all.map((judged) => judged.group.members.length)),
  });
  return {
    ...finding,
    ...(source === undefined ? {} : { sourceSpanId: source.node.span.spanId }),
    ...(loop.others.length === 0 ? {} : { companions: loop.others.map(companionOf) }),
  };
}

export function findingOf(group: Group, totalMs: number, claim: Claim): Finding {
  const site = sharedSite(group.members)?.site;
  const facts = factsOf(group, totalMs, claim.reason);
  const where =
    site === undefined || !KINDS_BY_SITE.has(claim.kind)
      ? anchorName(group)
      : `${site.file}|${site.function || String(site.line)}`;
  return {
    ...facts,
    kind: claim.kind,
    id: hashOf(facts.service, claim.kind, facts.fingerprint, where),
    savedMs: claim.savedMs,
    severity: claim.severity ?? severityOf(claim.savedMs, claim.calls, group.scope),
    confidence: claim.confidence,
    isWrite: group.call.isWrite,
    ...(site === undefined ? {} : { callSite: site }),
    hint: hintOf(claim.kind, group),
  };
}

function factsOf(group: Group, totalMs: number, reason: string): Omit<Repeat, 'verdict'> {
  const { scope, call, members } = group;
  return {
    reason,
    fingerprint: call.fingerprint,
    statement: call.statement,
    count: members.length,
    scopeSpanId: scope.id,
    operation: scope.operation,
    service: scope.service,
    anchorSpanId: anchorId(scope, anchorOf(members)),
    memberSpanIds: idsOf(members.map((member) => member.node)),
    totalMs,
  };
}

function companionOf({ group, timing }: Judged): Companion {
  return {
    fingerprint: group.call.fingerprint,
    statement: group.call.statement,
    count: group.members.length,
    memberSpanIds: idsOf(group.members.map((member) => member.node)),
    totalMs: timing.totalMs,
  };
}

function idsOf(nodes: readonly Node[]): string[] {
  return nodes.slice(0, MEMBERS_MAX).map((node) => node.span.spanId);
}

function reasonOf({ head, others }: Loop, isSourceConfirmed: boolean): string {
  const source = isSourceConfirmed ? ' An earlier query returned about as many rows.' : '';
  if (others.length === 0) return head.judgement.reason + source;
  const counts = others.map((other) => `${other.group.members.length}`).join(', ');
  return `${head.judgement.reason}${source} The same loop makes ${others.length === 1 ? 'another call' : `${others.length} other calls`} (${counts} times).`;
}

function loopConfidence(group: Group, judgement: Judgement, site: SharedSite | undefined): Confidence {
  const { shape, kind } = group.call;
  const { distinct } = judgement;
  if (distinct !== undefined && distinct * 2 >= group.members.length) return 'high';
  if (site?.isUnanimous === true && kind !== 'rpc') return 'high';
  if (group.scope.isRootMissing || kind === 'rpc' || shape?.isTruncated === true) return 'low';
  if (kind === 'sql' && shape === undefined) return 'low';
  // Prisma writes LIMIT and OFFSET into every findFirst, so a paged list looks the same.
  if (shape?.hasOffset === true && shape.hasOrderBy && distinct === undefined) return 'low';
  return 'medium';
}

function anchorName(group: Group): string {
  const anchor = anchorOf(group.members);
  return anchor === undefined ? group.scope.operation : nameTemplate(anchor.span.name);
}
