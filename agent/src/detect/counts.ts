import { isCounted } from './call.ts';
import type { ScopeCalls } from './group.ts';
import type { RequestCounts } from './types.ts';

/**
 * What counts as a query, for the agent, the sweep and whoever compares them with the database's own count:
 *  - every statement that reads, writes, changes the schema or calls a procedure, cached plans and failures included,
 *    and every command to Redis, MongoDB, Elasticsearch and their kin; pipelined commands one by one;
 *  - once, however many spans show it: wrappers of an ORM and a second instrumentation are left out;
 *  - not BEGIN, COMMIT, SAVEPOINT, SET, SHOW and the like, not FETCH, DECLARE and CLOSE of cursors, not opening a connection,
 *    not blocking pops and keep-alives of Redis, not answers from a cache of the ORM, and not HTTP, RPC or messages.
 */
export function countsOf(calls: ScopeCalls): RequestCounts {
  let queryCount = 0;
  let dbDurationMs = 0;
  const statements = new Set<string>();
  for (const { node, call } of calls.members) {
    if (!isCounted(call)) continue;
    queryCount++;
    dbDurationMs += node.span.durationMs;
    statements.add(call.fingerprint);
  }
  const { id, service, operation } = calls.scope;
  return { scopeSpanId: id, service, operation, queryCount, statementCount: statements.size, dbDurationMs };
}
