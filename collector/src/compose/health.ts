import type { Health } from '../contract/index.ts';

export interface HealthFacts {
  readonly version: string;
  readonly engine: Health['engine'];
  readonly startedMs: number;
  readonly nowMs: number;
  readonly spans: { readonly firstMs: number | null; readonly lastMs: number | null };
  readonly otlp: Health['otlp'];
  readonly retentionDays: number;
  readonly instrumentCommand: string;
  readonly isDatabaseReachable: boolean;
  readonly journal: { readonly bytes: number; readonly maxBytes: number; readonly rottenRecords: number };
  readonly ruleProblems: number;
}

/** The journal is reported before it is full: beyond this share senders will soon be refused. */
export const journalWarningShare = 0.8;

/** What GET health says, and to whom: a stranger learns that the collector runs, and how it is, no more. */
export function healthOf(facts: HealthFacts, { isTrusted }: { readonly isTrusted: boolean }): Health {
  const problems = problemsOf(facts);
  const status = problems.length === 0 ? 'ok' : 'degraded';
  const base = { status, engine: facts.engine, firstSpanAtMs: facts.spans.firstMs } as const;
  if (!isTrusted) {
    return {
      ...base,
      problems: [],
      version: '',
      uptimeS: 0,
      lastSpanAtMs: null,
      otlp: { http: '', grpc: '', isKeyRequired: facts.otlp.isKeyRequired },
      retentionDays: 0,
      instrumentCommand: '',
    };
  }
  return {
    ...base,
    problems,
    version: facts.version,
    uptimeS: Math.round((facts.nowMs - facts.startedMs) / 1_000),
    lastSpanAtMs: facts.spans.lastMs,
    otlp: facts.otlp,
    retentionDays: facts.retentionDays,
    instrumentCommand: facts.instrumentCommand,
  };
}

function problemsOf({ isDatabaseReachable, journal, ruleProblems }: HealthFacts): string[] {
  const share = journal.bytes / journal.maxBytes;
  return [
    ...(isDatabaseReachable
      ? []
      : [
          'The database does not answer. Data is kept in the journal; check NIGHTJAR_CLICKHOUSE_URL and the log.',
        ]),
    ...(share < journalWarningShare
      ? []
      : [
          `The journal is ${Math.floor(share * 100)} % full. At 100 % senders are refused; see why inserts lag.`,
        ]),
    ...(journal.rottenRecords === 0
      ? []
      : [
          `${journal.rottenRecords} records of the journal could not be read when the collector started: their data is lost. Check the disk; this is said until the next start.`,
        ]),
    ...(ruleProblems === 0
      ? []
      : [`${ruleProblems} alert rules or files could not be loaded. The Alerts page names them.`]),
  ];
}
