import { callsOf } from '../detect/group.ts';
import type { Member } from '../detect/group.ts';
import { sharedSite } from '../detect/call-site.ts';
import { detect, isCounted } from '../detect/index.ts';
import type {
  CallSite,
  DetectSpan,
  Detection,
  Finding,
  FindingKind,
  RequestCounts,
} from '../detect/index.ts';
import { scopesOf } from '../detect/scope.ts';
import type { Gathered } from './span-collector.ts';

/** One call to a database. */
export interface RecordedCall {
  /** Normalised; holds no literal. */
  readonly statement: string;
  readonly fingerprint: string;
  readonly durationMs: number;
  readonly isError: boolean;
  /** Known for repeated calls only: at the 2nd, 3rd, 5th and 9th call of a statement. */
  readonly callSite: CallSite | undefined;
}

/** A group of calls that a matcher may object to. */
export interface Repetition {
  /** `n_plus_one`: other values each time. `duplicate_query`: one question again and again. */
  readonly kind: FindingKind;
  /** undefined: too cheap to be a finding. */
  readonly id: string | undefined;
  readonly statement: string;
  readonly fingerprint: string;
  readonly operation: string;
  readonly count: number;
  /** Different values among the calls; undefined when some are unknown. */
  readonly distinctValues: number | undefined;
  readonly callSite: CallSite | undefined;
  readonly reason: string;
  readonly hint: string;
}

/** What a recorded function asked of its databases. */
export interface QueryRun<Result = unknown> {
  readonly name: string;
  readonly result: Result;
  readonly queryCount: number;
  /** Different statements. */
  readonly statementCount: number;
  readonly dbDurationMs: number;
  /** In start order. */
  readonly calls: readonly RecordedCall[];
  /** The recorded function itself, unless it asked nothing, and each request it made to a server in this process. */
  readonly requests: readonly RequestCounts[];
  /** All findings, worst first. */
  readonly findings: readonly Finding[];
  /** N+1s, and repeats with the same values, of at least five calls. */
  readonly repetitions: readonly Repetition[];
  /** Spans over the limit of a recording; the counts lack them. */
  readonly uncounted: number;
  /** Calls that had not ended a second after the function had; the counts lack them. */
  readonly unfinished: number;
}

export interface Recorded<Result> {
  readonly name: string;
  readonly result: Result;
  readonly rootSpanId: string;
  readonly gathered: Gathered;
}

/** Fewer equal calls are no pattern: the same threshold as for other values. */
export const DUPLICATES_MIN = 5;

export function runOf<Result>({ name, result, rootSpanId, gathered }: Recorded<Result>): QueryRun<Result> {
  const spans = gathered.spans.map(withRoute);
  const detection = detect(spans);
  const scopes = scopesOf(spans).map(callsOf);
  const members = scopes.flatMap((scope) => scope.members);
  const counted = members.filter(({ call }) => isCounted(call));
  const requests = detection.requests.filter(
    ({ scopeSpanId, queryCount }) =>
      scopeSpanId !== rootSpanId || queryCount > 0 || detection.requests.length === 1,
  );
  return {
    name,
    result,
    queryCount: counted.length,
    statementCount: new Set(counted.map(({ call }) => call.fingerprint)).size,
    dbDurationMs: counted.reduce((sum, { node }) => sum + node.span.durationMs, 0),
    calls: counted.map(recordedCall),
    requests,
    findings: detection.findings,
    repetitions: repetitionsOf(detection, members),
    uncounted: gathered.uncounted,
    unfinished: gathered.unfinished,
  };
}

/** A server learns the route after its span has a name: `request` of Fastify, `GET` of others. */
function withRoute(span: DetectSpan): DetectSpan {
  const route = span.attributes['http.route'];
  const method = span.attributes['http.request.method'];
  if (span.kind !== SERVER || typeof route !== 'string' || typeof method !== 'string') return span;
  return { ...span, name: `${method} ${route}` };
}

const SERVER = 2;

function recordedCall(member: Member): RecordedCall {
  const { node, call } = member;
  return {
    statement: call.statement,
    fingerprint: call.fingerprint,
    durationMs: node.span.durationMs,
    isError: node.span.isError,
    callSite: sharedSite([member])?.site,
  };
}

function repetitionsOf({ findings, repeats }: Detection, members: readonly Member[]): Repetition[] {
  const bySpan = new Map(members.map((member) => [member.node.span.spanId, member]));
  const membersOf = (ids: readonly string[]): Member[] =>
    ids.flatMap((id) => {
      const member = bySpan.get(id);
      return member === undefined ? [] : [member];
    });
  const told = findings.filter(({ kind }) => kind === 'n_plus_one' || kind === 'duplicate_query');
  const isTold = new Set(told.map(({ memberSpanIds }) => memberSpanIds[0]));
  const cheap = repeats.filter(
    ({ verdict, count, memberSpanIds }) =>
      verdict === 'duplicate' && count >= DUPLICATES_MIN && !isTold.has(memberSpanIds[0]),
  );
  return [
    ...told.map((finding) => ({
      ...factsOf(finding),
      kind: finding.kind,
      id: finding.id,
      distinctValues: distinctValues(membersOf(finding.memberSpanIds)),
      callSite: finding.callSite,
      hint: finding.hint,
    })),
    ...cheap.flatMap((repeat): Repetition[] => {
      const repeated = membersOf(repeat.memberSpanIds);
      // Writes, and reads of no table such as nextval() or SELECT 1, are asked again on purpose.
      if (!repeated.every(({ call }) => isCounted(call) && !call.isWrite && call.entity !== '')) return [];
      return [
        {
          ...factsOf(repeat),
          kind: 'duplicate_query',
          id: undefined,
          distinctValues: distinctValues(repeated),
          callSite: sharedSite(repeated)?.site,
          hint: 'Ask once and keep the answer for the rest of the request: pass it on, or cache it by its key.',
        },
      ];
    }),
  ];
}

type Facts = Pick<Repetition, 'statement' | 'fingerprint' | 'operation' | 'count' | 'reason'>;

function factsOf({ statement, fingerprint, operation, count, reason }: Facts): Facts {
  return { statement, fingerprint, operation, count, reason };
}

function distinctValues(members: readonly Member[]): number | undefined {
  const seen = new Set<string>();
  for (const { call } of members) {
    if (call.hasValues && call.parameters === undefined) return undefined;
    seen.add(call.parameters ?? '');
  }
  return seen.size;
}
