import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { standingOf } from '../acknowledge/index.ts';
import type { Acceptance, Standing } from '../acknowledge/index.ts';
import type { CallSite, Finding } from '../detect/types.ts';
import { acceptedUnder } from './accepted.ts';
import type { QueryRun } from './run.ts';

/** A line of the report of a test run: one request, or what a recorded function asked beside its requests. */
export interface ReportLine {
  readonly version: 1;
  /** Route of a request, or the name of the recording. */
  readonly operation: string;
  /** Name of the recording. */
  readonly test: string;
  readonly service: string;
  readonly queryCount: number;
  readonly statementCount: number;
  readonly dbDurationMs: number;
  readonly findings: readonly ReportedFinding[];
}

export interface ReportedFinding {
  readonly id: string;
  readonly kind: Finding['kind'];
  readonly statement: string;
  readonly fingerprint: string;
  readonly count: number;
  readonly severity: Finding['severity'];
  readonly callSite?: CallSite;
  readonly reason: string;
  readonly hint: string;
  readonly standing: Standing['kind'];
  /** Why it is accepted, or why an attempt to accept it does not count. */
  readonly note?: string;
}

const FOLDER_SETTING = 'NIGHTJAR_TEST_REPORT';
const FINDINGS_A_LINE_MAX = 100;
/** One file a process and thread, so that nobody waits for anybody. */
const FILE = `nightjar-${process.pid}-${randomBytes(4).toString('hex')}.jsonl`;

/** Adds a recording to the report of this process, when `NIGHTJAR_TEST_REPORT` names a folder for it. */
export function appendReport(run: QueryRun, cwd: string): void {
  const folder = process.env[FOLDER_SETTING];
  if (folder === undefined || folder === '') return;
  const lines = reportLinesOf(run, acceptedUnder(cwd));
  try {
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, FILE), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } catch (cause) {
    throw new Error(`${FOLDER_SETTING}=${folder} cannot be written to`, { cause });
  }
}

export function reportLinesOf(run: QueryRun, acceptance: Acceptance): ReportLine[] {
  return run.requests.map(
    ({ scopeSpanId, service, operation, queryCount, statementCount, dbDurationMs }) => ({
      version: 1,
      operation,
      test: run.name,
      service,
      queryCount,
      statementCount,
      dbDurationMs,
      findings: run.findings
        .filter((finding) => finding.scopeSpanId === scopeSpanId)
        .slice(0, FINDINGS_A_LINE_MAX)
        .map((finding) => reported(finding, acceptance)),
    }),
  );
}

function reported(finding: Finding, acceptance: Acceptance): ReportedFinding {
  const { id, kind, statement, fingerprint, count, severity, callSite, reason, hint } = finding;
  const standing = standingOf({ id, kind, statement, operation: finding.operation, callSite }, acceptance);
  const note = standing.kind === 'open' ? standing.note : standing.reason;
  return {
    id,
    kind,
    statement,
    fingerprint,
    count,
    severity,
    ...(callSite === undefined ? {} : { callSite }),
    reason,
    hint,
    standing: standing.kind,
    ...(note === undefined ? {} : { note }),
  };
}
