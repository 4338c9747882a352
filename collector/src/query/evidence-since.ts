import type { Evidence } from '@nightjar/alerts/schema';
import { evidenceRowsMax } from '@nightjar/alerts/schema';
import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';
import { evidenceQueryTimeoutMs } from './evidence-suspects.ts';
import type { Suspects } from './evidence-suspects.ts';

/** What was seen first before that is nobody's new. */
const lookBackMs = 14 * 86_400_000;

/** The last release before the end of the window, and what of the service was first seen since it. */
export async function readSince(
  storage: Storage,
  { service, fromMs, toMs }: Suspects,
  baseUrl: string,
): Promise<Pick<Evidence, 'release' | 'findings' | 'statements'>> {
  if (service === undefined) return { release: null, findings: [], statements: [] };
  const known = { service, toMs, fromMs: toMs - lookBackMs };
  const [latest, before] = await storage.query(releasesQuery, known);
  // The only release there is did not come: it is just what runs.
  const release = before === undefined ? undefined : latest;
  const sinceMs = release?.first_seen_ms ?? fromMs;
  const [findings, statements] = await Promise.all([
    storage.query(findingsQuery, { ...known, sinceMs }),
    storage.query(statementsQuery, { ...known, sinceMs: Math.floor(sinceMs / 60_000) * 60_000 }),
  ]);
  const base = baseUrl.replace(/\/+$/, '');
  const range = `from=${fromMs}&to=${toMs}`;
  return {
    release:
      release === undefined
        ? null
        : { service, version: release.release, firstSeenMs: release.first_seen_ms },
    findings: findings.map((row) => ({
      title: `${row.kind === 'n_plus_one' ? 'N+1' : row.kind.replaceAll('_', ' ')}: ${row.statement.slice(0, 300)}`,
      callSite: row.code_file === '' ? null : `${row.code_file}:${row.code_line}`,
      firstSeenMs: row.first_seen_ms,
      url: `${base}/findings/${hex(row.finding_id)}?${range}`,
    })),
    statements: statements.map((row) => ({
      text: row.statement.slice(0, 500),
      firstSeenMs: row.first_seen_ms,
      calls: row.calls,
      url: `${base}/database?${range}&service=${encodeURIComponent(service)}`,
    })),
  };
}

function hex(id: string): string {
  return BigInt(id).toString(16).padStart(16, '0');
}

const knownParams = z.object({ service: z.string(), fromMs: z.number(), toMs: z.number() });
const sinceParams = knownParams.extend({ sinceMs: z.number() });
type Known = z.infer<typeof knownParams>;
type Since = z.infer<typeof sinceParams>;

const minutes =
  'minute >= toDateTime(intDiv({fromMs:Int64}, 60000) * 60) AND minute < toDateTime(intDiv({toMs:Int64} + 59999, 60000) * 60)';

const releasesQuery: Query<Known, { readonly release: string; readonly first_seen_ms: number }> = {
  name: 'evidence.releases',
  sql: `SELECT
  release,
  toUnixTimestamp64Milli(min(first_request)) AS first_seen_ms
FROM service_minutes
WHERE service = {service:String}
  AND ${minutes}
  AND release != ''
GROUP BY release
HAVING first_seen_ms < {toMs:Int64}
ORDER BY first_seen_ms DESC
LIMIT 2`,
  params: knownParams,
  row: z.object({ release: z.string(), first_seen_ms: z.number() }),
  timeoutMs: evidenceQueryTimeoutMs,
};

const findingRow = z.object({
  finding_id: z.string(),
  kind: z.string(),
  statement: z.string(),
  code_file: z.string(),
  code_line: z.number(),
  first_seen_ms: z.number(),
});

const findingsQuery: Query<Since, z.infer<typeof findingRow>> = {
  name: 'evidence.findings',
  sql: `SELECT
  toString(finding_id) AS finding_id,
  any(kind) AS kind,
  any(statement) AS statement,
  any(code_file) AS code_file,
  any(code_line) AS code_line,
  toUnixTimestamp64Milli(min(start_time)) AS first_seen_ms
FROM findings FINAL
WHERE service = {service:String}
  AND start_time >= fromUnixTimestamp64Milli({fromMs:Int64})
  AND start_time < fromUnixTimestamp64Milli({toMs:Int64})
  AND NOT is_retracted
GROUP BY finding_id
HAVING first_seen_ms >= {sinceMs:Int64}
ORDER BY sum(saved_ms) DESC, finding_id
LIMIT ${evidenceRowsMax}`,
  params: sinceParams,
  row: findingRow,
  timeoutMs: evidenceQueryTimeoutMs,
};

const statementsQuery: Query<
  Since,
  { readonly statement: string; readonly calls: number; readonly first_seen_ms: number }
> = {
  name: 'evidence.statements',
  sql: `SELECT
  any(s.statement) AS statement,
  sum(s.calls) AS calls,
  toInt64(toUnixTimestamp(min(s.minute))) * 1000 AS first_seen_ms
FROM statement_minutes AS s
WHERE s.service = {service:String}
  AND s.${minutes.replace(' AND ', ' AND s.')}
GROUP BY s.fingerprint
HAVING first_seen_ms >= {sinceMs:Int64}
ORDER BY calls DESC, statement
LIMIT ${evidenceRowsMax}`,
  params: sinceParams,
  row: z.object({ statement: z.string(), calls: z.number(), first_seen_ms: z.number() }),
  timeoutMs: evidenceQueryTimeoutMs,
};
