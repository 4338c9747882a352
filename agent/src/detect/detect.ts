import { judge } from './classify.ts';
import { countsOf } from './counts.ts';
import { severityRank } from './cost.ts';
import { callsOf } from './group.ts';
import type { ScopeCalls } from './group.ts';
import { consecutiveFindings, poolWaitFinding, transactionFindings } from './kin-findings.ts';
import { loopsOf } from './loops.ts';
import { timingOf } from './measure.ts';
import { loopFinding, repeatOf } from './report.ts';
import type { Judged } from './report.ts';
import { compare, scopesOf } from './scope.ts';
import { chattyFinding, duplicateFinding, slowFinding, unboundedFinding } from './single-findings.ts';
import type { Detection, DetectSpan, Finding, Repeat, RequestCounts } from './types.ts';

export interface DetectOptions {
  /** A single statement of this length or more is a finding. Default 500. */
  readonly slowStatementMs?: number;
}

/**
 * Finds N+1s and their kin in the spans of one trace, or of a part of it. The same spans in any order, some of them twice,
 * give the same answer.
 */
export function detect(spans: readonly DetectSpan[], options: DetectOptions = {}): Detection {
  const findings: Finding[] = [];
  const repeats: Repeat[] = [];
  const requests: RequestCounts[] = [];
  for (const scope of scopesOf(spans)) {
    const calls = callsOf(scope);
    requests.push(countsOf(calls));
    const judged = judgedGroups(calls);
    repeats.push(...judged.map(repeatOf));
    findings.push(...findingsOf(calls, judged, options));
  }
  return { findings: findings.sort(worstFirst), repeats, requests };
}

function judgedGroups(calls: ScopeCalls): Judged[] {
  const judged: Judged[] = [];
  for (const group of calls.groups) {
    const isExplained = group.call.role === 'plain' || group.call.role === 'cursor';
    if (group.members.length < 2 || !isExplained) continue;
    const timing = timingOf(group.members);
    judged.push({ group, timing, judgement: judge(group, timing) });
  }
  return judged;
}

function findingsOf(calls: ScopeCalls, judged: readonly Judged[], options: DetectOptions): Finding[] {
  const loops = judged.filter((one) => one.judgement.verdict === 'n_plus_one');
  const findings = loopsOf(loops).map((loop) => loopFinding(loop, calls));
  const told = new Set(loops.map((one) => one.group));
  for (const one of judged) {
    const duplicate = duplicateFinding(one);
    if (duplicate === undefined) continue;
    findings.push(duplicate);
    told.add(one.group);
  }
  for (const group of calls.groups) {
    if (told.has(group)) continue;
    const single = slowFinding(group, options.slowStatementMs) ?? unboundedFinding(group);
    if (single !== undefined) findings.push(single);
  }
  let explained = 0;
  for (const group of told) explained += group.members.length;
  for (const one of judged) if (one.judgement.verdict === 'pipelined') explained += one.group.members.length;
  const chatty = chattyFinding(calls, explained);
  if (chatty !== undefined) findings.push(chatty);
  const waiting = poolWaitFinding(calls, told);
  if (waiting !== undefined) findings.push(waiting);
  findings.push(...consecutiveFindings(calls, told), ...transactionFindings(calls));
  return findings;
}

function worstFirst(a: Finding, b: Finding): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.savedMs - a.savedMs ||
    compare(a.id, b.id) ||
    compare(a.scopeSpanId, b.scopeSpanId) ||
    compare(a.memberSpanIds[0] ?? '', b.memberSpanIds[0] ?? '')
  );
}
