import type { Budget } from './budget.ts';
import type { Measured, MeasuredFinding, MeasuredOperation } from './measured.ts';
import type { Production } from './production.ts';

export interface JudgedOperation extends MeasuredOperation {
  /** Mean queries a request in production. */
  readonly production: number | undefined;
  readonly limit: number | undefined;
  readonly limitFrom: 'budget' | 'production' | undefined;
  readonly isBroken: boolean;
}

/** `new` fails the gate; the others say why they do not. */
export type FindingStatus = 'new' | 'known' | 'known_in_production' | 'ignored' | 'acknowledged';

export interface JudgedFinding extends MeasuredFinding {
  readonly status: FindingStatus;
}

export interface Judged {
  readonly operations: readonly JudgedOperation[];
  readonly nPlusOnes: readonly JudgedFinding[];
  readonly isClean: boolean;
}

/** A test has other data than production, so its count may be this far above production's mean: by half, or by this many. */
export const PRODUCTION_FACTOR = 1.5;
export const PRODUCTION_SLACK = 5;

/** Compares a run with its budget and with production. The budget wins where both speak of an operation. */
export function judge(measured: Measured, budget: Budget, production: Production | undefined): Judged {
  const operations = measured.operations.map((operation) => judgedOperation(operation, budget, production));
  const nPlusOnes = measured.nPlusOnes.map((finding) => ({
    ...finding,
    status: statusOf(finding, budget, production),
  }));
  const isClean =
    operations.every(({ isBroken }) => !isBroken) && nPlusOnes.every(({ status }) => status !== 'new');
  return { operations, nPlusOnes, isClean };
}

function judgedOperation(
  measured: MeasuredOperation,
  budget: Budget,
  production: Production | undefined,
): JudgedOperation {
  const { operation, queryCount } = measured;
  const mean = production?.queries.get(operation);
  const budgeted = Object.hasOwn(budget.queries, operation) ? budget.queries[operation] : undefined;
  const limit = budgeted ?? (mean === undefined ? undefined : productionLimit(mean));
  return {
    ...measured,
    production: mean,
    limit,
    limitFrom: budgeted !== undefined ? 'budget' : limit === undefined ? undefined : 'production',
    isBroken: limit !== undefined && queryCount > limit,
  };
}

function productionLimit(mean: number): number {
  return Math.ceil(Math.max(mean * PRODUCTION_FACTOR, mean + PRODUCTION_SLACK));
}

function statusOf(
  finding: MeasuredFinding,
  budget: Budget,
  production: Production | undefined,
): FindingStatus {
  if (finding.standing !== 'open') return finding.standing;
  if (Object.hasOwn(budget.knownNPlusOnes, finding.id)) return 'known';
  // The id holds the name of the service, which a test run may not share with production.
  const isInProduction = production?.nPlusOnes.some(
    ({ id, fingerprint, operation }) =>
      id === finding.id || (fingerprint === finding.fingerprint && operation === finding.operation),
  );
  return isInProduction === true ? 'known_in_production' : 'new';
}
