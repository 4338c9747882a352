import { callOf, detect, isCounted } from '../detect/index.ts';
import type { DetectSpan, Detection, Finding } from '../detect/types.ts';
import { recordOf, recordsOf, requestOf } from '../tracker/tracked-request.ts';

/** A request as it stands while its response is being written. */
export interface RequestView {
  readonly queryCount: number;
  readonly dbDurationMs: number;
  readonly detection: Detection;
  readonly statements: readonly StatementLine[];
}

/** All calls of one statement. */
export interface StatementLine {
  readonly statement: string;
  readonly count: number;
  readonly totalMs: number;
  /** `file:line` where a repeat of it was seen. */
  readonly callSite: string | undefined;
}

export interface ViewPorts {
  readonly service: string;
  readonly accept: (finding: Finding) => Finding;
}

/** Undefined when the tracker does not follow this span's request, or no more. */
export function viewOf(span: object, { service, accept }: ViewPorts): RequestView | undefined {
  const request = requestOf(span);
  if (request === undefined || request === 'untracked' || request.state !== 'running') return undefined;
  const entry = { ...recordOf(request.entry, service), durationMs: 0 };
  const records = recordsOf(request, service);
  const detection = detect([entry, ...records]);
  const counts = detection.requests.find(({ scopeSpanId }) => scopeSpanId === entry.spanId);
  return {
    queryCount: counts?.queryCount ?? 0,
    dbDurationMs: counts?.dbDurationMs ?? 0,
    detection: { ...detection, findings: detection.findings.map(accept) },
    statements: statementsOf(records),
  };
}

/** Slowest first. */
function statementsOf(records: readonly DetectSpan[]): readonly StatementLine[] {
  const lines = new Map<string, StatementLine>();
  for (const record of records) {
    const call = callOf(record);
    if (call === undefined || !isCounted(call)) continue;
    const known = lines.get(call.fingerprint);
    lines.set(call.fingerprint, {
      statement: call.statement,
      count: (known?.count ?? 0) + 1,
      totalMs: (known?.totalMs ?? 0) + record.durationMs,
      callSite: known?.callSite ?? callSiteOf(record),
    });
  }
  return [...lines.values()].sort((a, b) => b.totalMs - a.totalMs);
}

function callSiteOf({ attributes }: DetectSpan): string | undefined {
  const file = attributes['code.file.path'];
  const line = attributes['code.line.number'];
  return typeof file === 'string' ? `${file}:${String(line)}` : undefined;
}
