import { DB_DURATION_MS, DB_STATEMENT_COUNT, FINDING_COUNT } from '@nightjar/agent/attributes';
import type { Detection, DetectSpan, Finding, Repeat, RequestCounts } from '@nightjar/agent/detect';
import type { StoredSpan } from '../storage/stored-span.ts';
import { detectSpans } from './detect-span.ts';
import { reportedFindings } from './reported.ts';
import type { SweptSpan } from './stored-trace.ts';

export type Detect = (spans: readonly DetectSpan[]) => Detection;

/** One request of a trace and what was made of it. */
export interface ScopeVerdict {
  readonly traceId: string;
  readonly scopeSpanId: string;
  /** The request's own span; undefined while it is missing. */
  readonly root: StoredSpan | undefined;
  /** A span to take service, environment and release from: the root, else the first that belongs to it. */
  readonly witness: StoredSpan;
  readonly findings: readonly Finding[];
  /** Absent when an agent counted: its count is in the tables already. */
  readonly counts?: RequestCounts;
}

export interface TraceVerdict {
  readonly traceId: string;
  /** Distinct spans it rests on: the version of what is written. */
  readonly spans: number;
  readonly scopes: readonly ScopeVerdict[];
  /** Requests whose agent reported findings that could not be read. */
  readonly unreadable: number;
}

/**
 * What holds of a trace by the spans at hand. Where an agent counted in its process it is believed; everywhere else, and
 * where its findings cannot be read, the engine decides.
 */
export function judgeSpans(spans: readonly SweptSpan[], detect: Detect): TraceVerdict {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const traceId = spans[0]?.traceId ?? '';
  const believed = new Set<string>();
  const scopes: ScopeVerdict[] = [];
  let unreadable = 0;
  for (const entry of byId.values()) {
    if (!entry.isEntry || entry.agentQueryCount < 0) continue;
    const findings = reportedFindings(entry, Number(entry.attributes[FINDING_COUNT] ?? 0));
    if (findings === undefined) {
      unreadable += 1;
      continue;
    }
    believed.add(entry.spanId);
    scopes.push({ traceId, scopeSpanId: entry.spanId, root: entry, witness: entry, findings });
  }
  const entries = [...byId.values()].filter((span) => span.isEntry);
  if (entries.length > 0 && entries.every((entry) => believed.has(entry.spanId))) {
    return { traceId, spans: byId.size, scopes, unreadable };
  }
  const detection = detect(detectSpans(spans));
  for (const counts of detection.requests) {
    if (believed.has(counts.scopeSpanId)) continue;
    const root = byId.get(counts.scopeSpanId);
    const witness = root ?? spans.find((span) => span.parentSpanId === counts.scopeSpanId) ?? spans[0];
    if (witness === undefined) continue;
    const findings = detection.findings.filter(
      (finding) => finding.scopeSpanId === counts.scopeSpanId && finding.service === counts.service,
    );
    const hasAgentCount = root !== undefined && root.agentQueryCount >= 0;
    const scope = { traceId, scopeSpanId: counts.scopeSpanId, root, witness, findings };
    scopes.push(hasAgentCount ? scope : { ...scope, counts });
  }
  return { traceId, spans: byId.size, scopes, unreadable };
}

export interface TraceExplanation {
  repeats: (Omit<Repeat, 'memberSpanIds'> & { memberSpanIds: string[] })[];
  requests: {
    spanId: string;
    service: string;
    operation: string;
    queryCount: number;
    statementCount: number;
    databaseMs: number;
  }[];
}

/** For the trace page: every repeat with its verdict, and the counts of each request (the agent's where it counted). */
export function explainTrace(spans: readonly StoredSpan[], detect: Detect): TraceExplanation {
  const { repeats, requests } = detect(detectSpans(spans));
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return {
    repeats: repeats.map((repeat) => ({ ...repeat, memberSpanIds: [...repeat.memberSpanIds] })),
    requests: requests.flatMap((counts) => {
      const root = byId.get(counts.scopeSpanId);
      if (root === undefined) return [];
      const isAgent = root.agentQueryCount >= 0;
      return [
        {
          spanId: counts.scopeSpanId,
          service: counts.service,
          operation: root.operation === '' ? counts.operation : root.operation,
          queryCount: isAgent ? root.agentQueryCount : counts.queryCount,
          statementCount: isAgent ? numberOf(root, DB_STATEMENT_COUNT) : counts.statementCount,
          databaseMs: isAgent ? numberOf(root, DB_DURATION_MS) : counts.dbDurationMs,
        },
      ];
    }),
  };
}

function numberOf(span: StoredSpan, name: string): number {
  const value = span.attributes[name];
  return typeof value === 'number' ? value : 0;
}
