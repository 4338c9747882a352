import { z } from 'zod';
import type { Query, Storage } from '../storage/types.ts';

const params = z.object({ service: z.string(), fromMs: z.number(), toMs: z.number() });
export type ReleasesRequest = Readonly<z.infer<typeof params>>;

export interface SeenRelease {
  readonly release: string;
  readonly firstSeenMs: number;
}

const releasesQuery: Query<ReleasesRequest, { readonly release: string; readonly first_seen_ms: number }> = {
  name: 'alert.releases',
  sql: `SELECT
  release,
  toUnixTimestamp64Milli(min(first_request)) AS first_seen_ms
FROM service_minutes
WHERE service = {service:String} AND release != ''
GROUP BY release
HAVING first_seen_ms >= {fromMs:Int64} AND first_seen_ms < {toMs:Int64}
ORDER BY first_seen_ms DESC
LIMIT 20`,
  params,
  row: z.object({ release: z.string(), first_seen_ms: z.number() }),
};

/** Releases of a service that were first seen in [fromMs, toMs), the latest first. */
export async function listReleases(storage: Storage, request: ReleasesRequest): Promise<SeenRelease[]> {
  const rows = await storage.query(releasesQuery, request);
  return rows.map((row) => ({ release: row.release, firstSeenMs: row.first_seen_ms }));
}
