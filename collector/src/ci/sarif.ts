import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Judged, JudgedFinding, JudgedOperation } from './gate.ts';

/** The parts of SARIF 2.1.0 (OASIS, sarif-v2.1.0) that are written. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}
export interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly columnKind: 'utf16CodeUnits';
  readonly results: readonly SarifResult[];
}
export interface SarifDriver {
  readonly name: string;
  readonly version: string;
  readonly rules: readonly SarifRule[];
}
export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' };
}
export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: 'error' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly baselineState: 'new' | 'unchanged';
  readonly suppressions?: readonly {
    readonly kind: 'inSource' | 'external';
    readonly justification: string;
  }[];
}
export interface SarifLocation {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: '%SRCROOT%' };
    readonly region: { readonly startLine: number };
  };
  readonly logicalLocations: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const N_PLUS_ONE = 0;
const QUERY_BUDGET = 1;
const RULES: readonly [SarifRule, SarifRule] = [
  {
    id: 'n-plus-one',
    name: 'NPlusOne',
    shortDescription: { text: 'N+1: the same call once an item' },
    fullDescription: {
      text: 'One request makes the same database or HTTP call again and again with other values: once for every item of a list.',
    },
    help: {
      text: 'Read all items at once: a join, an IN list, eager loading or a batch. To accept it, write `nightjar-ignore n+1: reason` above the line or add it to nightjar.ack.json.',
    },
    defaultConfiguration: { level: 'error' },
  },
  {
    id: 'query-budget',
    name: 'QueryBudget',
    shortDescription: { text: 'More queries a request than allowed' },
    fullDescription: {
      text: 'A request makes more database calls than its budget, or far more than it makes in production.',
    },
    help: {
      text: 'Remove the calls that are new. If they are wanted, run nightjar ci with --update and check the budget file in.',
    },
    defaultConfiguration: { level: 'error' },
  },
];

export function sarifOf({ operations, nPlusOnes }: Judged, version: string): SarifLog {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nightjar', version, rules: RULES } },
        columnKind: 'utf16CodeUnits',
        results: [
          ...nPlusOnes.map(nPlusOneResult),
          ...operations.filter(({ isBroken }) => isBroken).map(budgetResult),
        ],
      },
    ],
  };
}

function nPlusOneResult(finding: JudgedFinding): SarifResult {
  const { id, operation, count, statement, hint, status, note, callSite } = finding;
  const isAccepted = status === 'ignored' || status === 'acknowledged';
  return {
    ruleId: RULES[N_PLUS_ONE].id,
    ruleIndex: N_PLUS_ONE,
    level: status === 'new' ? 'error' : 'note',
    message: { text: `N+1 in ${operation}: ${count} times ${statement}. ${hint}` },
    locations: [
      {
        ...(callSite === undefined
          ? {}
          : {
              physicalLocation: {
                artifactLocation: artifactOf(callSite.file),
                region: { startLine: Math.max(1, callSite.line) },
              },
            }),
        logicalLocations: [{ fullyQualifiedName: operation, kind: 'function' }],
      },
    ],
    partialFingerprints: { 'nightjarFinding/v1': id },
    baselineState: status === 'new' ? 'new' : 'unchanged',
    ...(isAccepted
      ? {
          suppressions: [{ kind: status === 'ignored' ? 'inSource' : 'external', justification: note ?? '' }],
        }
      : {}),
  };
}

function budgetResult({ operation, queryCount, limit, limitFrom }: JudgedOperation): SarifResult {
  const than = limitFrom === 'production' ? 'production allows' : 'its budget allows';
  return {
    ruleId: RULES[QUERY_BUDGET].id,
    ruleIndex: QUERY_BUDGET,
    level: 'error',
    message: { text: `${operation} makes ${queryCount} queries a request; ${than} ${limit ?? 0}.` },
    locations: [{ logicalLocations: [{ fullyQualifiedName: operation, kind: 'function' }] }],
    partialFingerprints: { 'nightjarOperation/v1': operation },
    baselineState: 'new',
  };
}

function artifactOf(file: string): { uri: string; uriBaseId?: '%SRCROOT%' } {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href };
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
