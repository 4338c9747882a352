import { createHash } from 'node:crypto';
import type { Finding } from '@nightjar/agent/detect';
import type { StandingFinding } from './stored-trace.ts';
import type { ScopeVerdict, TraceVerdict } from './verdict.ts';

/** Other calls of one loop that are kept. */
export const companionsMax = 20;

export type Row = Readonly<Record<string, unknown>>;

/** Rows of `findings`: what holds now, and what stood before and holds no longer, taken back. */
export function findingRows(verdicts: readonly TraceVerdict[], standing: readonly StandingFinding[]): Row[] {
  const rows = new Map<string, Row>();
  const versions = new Map(standing.map((row) => [keyOf(row), row.version]));
  for (const verdict of verdicts) {
    for (const scope of verdict.scopes) {
      for (const finding of scope.findings) {
        const key = keyOf({
          traceId: scope.traceId,
          service: finding.service,
          findingId: finding.id,
          startNs: scope.witness.startNs,
          scopeSpanId: scope.scopeSpanId,
        });
        // The engine gives the worst first: a second of the same key is the smaller one.
        if (!rows.has(key)) rows.set(key, findingRow(finding, { scope, version: BigInt(verdict.spans) }));
      }
    }
  }
  const judged = new Map(verdicts.map((verdict) => [verdict.traceId, verdict]));
  for (const stood of standing) {
    const verdict = judged.get(stood.traceId);
    const version = versions.get(keyOf(stood)) ?? 0n;
    if (verdict === undefined || version > BigInt(verdict.spans) || rows.has(keyOf(stood))) continue;
    rows.set(keyOf(stood), retractedRow(stood, version + 1n));
  }
  return [...rows.values()];
}

type FindingKey = Pick<StandingFinding, 'traceId' | 'service' | 'findingId' | 'startNs' | 'scopeSpanId'>;

function keyOf(key: FindingKey): string {
  return [key.traceId, key.scopeSpanId, key.findingId, key.startNs, key.service].join(' ');
}

function findingRow(
  finding: Finding,
  { scope, version }: { readonly scope: ScopeVerdict; readonly version: bigint },
): Row {
  const { witness, root } = scope;
  return {
    service: finding.service,
    finding_id: BigInt(`0x${finding.id}`),
    start_time: nanoText(witness.startNs),
    trace_id: scope.traceId,
    scope_span_id: hexOrNone(scope.scopeSpanId),
    kind: finding.kind,
    operation: operationOf(root, finding.operation),
    environment: witness.environment,
    release: witness.release,
    fingerprint: BigInt(`0x${finding.fingerprint}`),
    statement: finding.statement,
    call_count: finding.count,
    total_ms: finding.totalMs,
    saved_ms: finding.savedMs,
    severity: finding.severity,
    confidence: finding.confidence,
    is_write: finding.isWrite,
    code_file: finding.callSite?.file ?? '',
    code_line: finding.callSite?.line ?? 0,
    code_function: finding.callSite?.function ?? '',
    hint: finding.hint,
    reason: finding.reason,
    anchor_span_id: hexOrNone(finding.anchorSpanId),
    source_span_id: hexOrNone(finding.sourceSpanId ?? ''),
    member_span_ids: finding.memberSpanIds.filter((id) => spanIdPattern.test(id)),
    companions: companionsText(finding.companions),
    accepted: finding.accepted?.how ?? '',
    accepted_reason: finding.accepted?.reason ?? '',
    accepted_until: finding.accepted?.expires ?? '',
    weight: witness.weight,
    is_retracted: false,
    version,
  };
}

function companionsText(companions: Finding['companions'] = []): string {
  return companions.length === 0 ? '' : JSON.stringify(companions.slice(0, companionsMax));
}

/** The engine takes the highest version of a key: what else the row says is not read. */
function retractedRow(stood: StandingFinding, version: bigint): Row {
  return {
    service: stood.service,
    finding_id: BigInt(`0x${stood.findingId}`),
    start_time: nanoText(stood.startNs),
    trace_id: stood.traceId,
    scope_span_id: stood.scopeSpanId,
    kind: stood.kind,
    operation: '',
    environment: '',
    release: '',
    fingerprint: 0n,
    statement: '',
    call_count: 0,
    total_ms: 0,
    saved_ms: 0,
    severity: 'low',
    confidence: 'low',
    is_write: false,
    code_file: '',
    code_line: 0,
    code_function: '',
    hint: '',
    reason: '',
    anchor_span_id: '',
    source_span_id: '',
    member_span_ids: [],
    companions: '',
    accepted: '',
    accepted_reason: '',
    accepted_until: '',
    weight: 0,
    is_retracted: true,
    version,
  };
}

/** Rows of `request_queries` for requests that no agent counted. */
export function countRows(verdicts: readonly TraceVerdict[], callers: ReadonlySet<string>): Row[] {
  return verdicts.flatMap((verdict) =>
    verdict.scopes.flatMap(({ traceId, counts, root }) => {
      if (counts === undefined || root === undefined || !root.isEntry) return [];
      // Of a service that was never seen to call a database it is not known whether it does.
      if (counts.queryCount === 0 && !callers.has(root.service)) return [];
      return [
        {
          service: root.service,
          minute: Number(root.startNs / 60_000_000_000n) * 60,
          start_time: nanoText(root.startNs),
          trace_id: traceId,
          span_id: root.spanId,
          operation: operationOf(root, counts.operation),
          environment: root.environment,
          release: root.release,
          query_count: counts.queryCount,
          statement_count: counts.statementCount,
          db_duration_ns: Math.round(counts.dbDurationMs * 1e6),
          duration_ns: root.durationNs,
          weight: root.weight,
          version: verdict.spans,
        },
      ];
    }),
  );
}

/** Content hash of rows: two collectors that come to the same verdict write it once. */
export function tokenOf(table: string, rows: readonly Row[]): string {
  const hash = createHash('sha256').update(table);
  for (const row of rows) {
    hash.update(
      JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
    );
  }
  return `sweep-${hash.digest('hex').slice(0, 32)}`;
}

const spanIdPattern = /^[0-9a-f]{16}$/;

function hexOrNone(id: string): string {
  return spanIdPattern.test(id) ? id : '';
}

function operationOf(root: ScopeVerdict['root'], told: string): string {
  return root === undefined || root.operation === '' ? told : root.operation;
}

/** `2026-01-31 12:00:00.123456789` in UTC. */
function nanoText(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}`;
}
