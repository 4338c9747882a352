import type { ReportLine, ReportedFinding } from './read-report.ts';

/** A route or test as the run knows it. */
export interface MeasuredOperation {
  readonly operation: string;
  /** The most that one request of it made. */
  readonly queryCount: number;
  /** The recording that made them. */
  readonly test: string;
  readonly requests: number;
}

export interface MeasuredFinding extends ReportedFinding {
  readonly operation: string;
  readonly test: string;
}

export interface Measured {
  /** By name. */
  readonly operations: readonly MeasuredOperation[];
  /** N+1s, each once, with its largest count; by operation, then id. */
  readonly nPlusOnes: readonly MeasuredFinding[];
}

/** Sums a report up. The order of its lines does not matter. */
export function measuredOf(lines: readonly ReportLine[]): Measured {
  const operations = new Map<string, MeasuredOperation>();
  const findings = new Map<string, MeasuredFinding>();
  for (const { operation, test, queryCount, findings: found } of lines) {
    const known = operations.get(operation);
    const next = { operation, queryCount, test, requests: 1 };
    const worst = known === undefined || isWorse(next, known) ? next : known;
    operations.set(operation, { ...worst, requests: (known?.requests ?? 0) + 1 });
    for (const finding of found) {
      if (finding.kind !== 'n_plus_one') continue;
      const key = `${finding.id} ${operation}`;
      const other = findings.get(key);
      const one = { ...finding, operation, test };
      if (other === undefined || isLarger(one, other)) findings.set(key, one);
    }
  }
  return {
    operations: [...operations.values()].sort((a, b) => compare(a.operation, b.operation)),
    nPlusOnes: [...findings.values()].sort(
      (a, b) => compare(a.operation, b.operation) || compare(a.id, b.id),
    ),
  };
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isWorse(a: MeasuredOperation, b: MeasuredOperation): boolean {
  return a.queryCount > b.queryCount || (a.queryCount === b.queryCount && a.test < b.test);
}

/** One that nobody has accepted outweighs one that somebody has, so that two runs of one loop cannot hide it. */
function isLarger(a: MeasuredFinding, b: MeasuredFinding): boolean {
  const open = Number(a.standing === 'open') - Number(b.standing === 'open');
  return open > 0 || (open === 0 && (a.count > b.count || (a.count === b.count && a.test < b.test)));
}
