import type { Attributes } from '@opentelemetry/api';
import {
  DB_DURATION_MS,
  DB_QUERY_COUNT,
  DB_STATEMENT_COUNT,
  FINDING_COUNT,
  FINDING_EVENT,
  FINDING_JSON,
} from '../attributes.ts';
import type { Detection, Finding } from '../detect/types.ts';
import type { QuietCounts } from './quiet-request.ts';

/** What the tracker writes on an entry span. */
export interface EntryFacts {
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
}

/** Worst first; `nightjar.finding.count` tells of the rest. */
const FINDING_EVENTS_MAX = 20;
const MEMBERS_IN_EVENT_MAX = 200;

export const NO_CALLS: EntryFacts = {
  attributes: { [DB_QUERY_COUNT]: 0, [DB_DURATION_MS]: 0, [DB_STATEMENT_COUNT]: 0 },
  events: [],
};

export function quietFactsOf({ queryCount, dbDurationMs, statementCount }: QuietCounts): EntryFacts {
  return {
    attributes: {
      [DB_QUERY_COUNT]: queryCount,
      [DB_DURATION_MS]: dbDurationMs,
      [DB_STATEMENT_COUNT]: statementCount,
    },
    events: [],
  };
}

export function entryFactsOf(detection: Detection, entrySpanId: string): EntryFacts {
  const counts = detection.requests.find((request) => request.scopeSpanId === entrySpanId);
  const { findings } = detection;
  return {
    attributes: {
      [DB_QUERY_COUNT]: counts?.queryCount ?? 0,
      [DB_DURATION_MS]: counts?.dbDurationMs ?? 0,
      [DB_STATEMENT_COUNT]: counts?.statementCount ?? 0,
      ...(findings.length > 0 ? { [FINDING_COUNT]: findings.length } : {}),
    },
    events: findings.slice(0, FINDING_EVENTS_MAX).map((finding) => ({
      name: FINDING_EVENT,
      attributes: { [FINDING_JSON]: JSON.stringify(shortened(finding)) },
    })),
  };
}

function shortened(finding: Finding): Finding {
  if (finding.memberSpanIds.length <= MEMBERS_IN_EVENT_MAX) return finding;
  return { ...finding, memberSpanIds: finding.memberSpanIds.slice(0, MEMBERS_IN_EVENT_MAX) };
}
