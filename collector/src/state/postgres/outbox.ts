import { laneRowsMax, outboxPendingMax } from '@nightjar/alerts';
import type {
  ClaimRequest,
  ClaimedRow,
  OutboxDepth,
  OutboxRow,
  Rewrite,
  Settlement,
  WaitingRow,
} from '@nightjar/alerts';
import { parseNotification, toOutboxRow } from '../rows.ts';
import type { StateRow } from '../rows.ts';
import type { Session } from './database.ts';

/**
 * Inside a transaction that holds the lock `alerts`. A full channel takes the row as dead, so that it is counted and can
 * be seen.
 */
export async function enqueueRows(session: Session, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const fresh = await unknownOf(session, rows);
  const openCounts = await openCountsOf(session, fresh);
  const cells = fresh.map(({ id, channel, dedupKey, notification, createdAtMs, notBeforeMs }) => {
    const openCount = openCounts.get(channel) ?? 0;
    const isFull = openCount >= outboxPendingMax;
    if (!isFull) openCounts.set(channel, openCount + 1);
    const outcome = isFull
      ? (['dead', createdAtMs, 'outbox_full'] as const)
      : (['pending', null, null] as const);
    return [id, channel, dedupKey, JSON.stringify(notification), createdAtMs, notBeforeMs, ...outcome];
  });
  await session.runEach(
    `INSERT INTO nightjar.alert_outbox
       (id, channel, dedup_key, notification, created_at_ms, not_before_ms, status, settled_at_ms, reason)
     SELECT id, channel, dedup_key, notification, created_at_ms, not_before_ms, status, settled_at_ms, reason
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[],
         $9::text[])
       WITH ORDINALITY AS given (id, channel, dedup_key, notification, created_at_ms, not_before_ms, status,
         settled_at_ms, reason, place)
     ORDER BY place`,
    cells,
  );
  await session.runEach(
    'INSERT INTO nightjar.alert_outbox_episodes SELECT * FROM unnest($1::text[], $2::text[])',
    fresh.flatMap(({ id, episodeIds, notification }) =>
      [...new Set(episodeIds ?? [notification.episodeId])].map((episodeId) => [episodeId, id]),
    ),
  );
}

async function unknownOf(session: Session, rows: readonly OutboxRow[]): Promise<OutboxRow[]> {
  const byId = new Map<string, OutboxRow>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row);
  const known = await session.all('SELECT id FROM nightjar.alert_outbox WHERE id = ANY ($1::text[])', [
    [...byId.keys()],
  ]);
  for (const { id } of known) byId.delete(String(id));
  return [...byId.values()];
}

async function openCountsOf(session: Session, rows: readonly OutboxRow[]): Promise<Map<string, number>> {
  const counted = await session.all(
    `SELECT channel, count(*) AS open_rows FROM nightjar.alert_outbox
     WHERE status = 'pending' AND channel = ANY ($1::text[]) GROUP BY channel`,
    [[...new Set(rows.map(({ channel }) => channel))]],
  );
  return new Map(counted.map((row) => [String(row['channel']), Number(row['open_rows'])]));
}

/** Workers of several collectors never get the same row: each passes over what another is about to take. */
export async function claimRows(session: Session, request: ClaimRequest): Promise<ClaimedRow[]> {
  const { channel, nowMs, rowsMax, leaseMs } = request;
  const claimed = await session.all(
    `WITH due AS (
       SELECT ordinal FROM nightjar.alert_outbox AS head
       WHERE status = 'pending' AND channel = $1 AND not_before_ms <= $2 AND lease_until_ms <= $2
         AND NOT EXISTS (
           SELECT 1 FROM nightjar.alert_outbox AS earlier
           WHERE earlier.status = 'pending' AND earlier.channel = head.channel
             AND earlier.dedup_key = head.dedup_key AND earlier.ordinal < head.ordinal)
       ORDER BY ordinal LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE nightjar.alert_outbox AS held
     SET lease = gen_random_uuid()::text, lease_until_ms = $2::bigint + $4::bigint, attempt = attempt + 1
     FROM due WHERE held.ordinal = due.ordinal
     RETURNING held.*`,
    [channel, nowMs, rowsMax, leaseMs],
  );
  const rows = claimed.sort((a, b) => Number(a['ordinal']) - Number(b['ordinal']));
  const behind = await rowsBehind(session, rows);
  return rows.map((row) => ({
    ...toOutboxRow(row),
    attempt: Number(row['attempt']),
    lease: String(row['lease']),
    behind: behind.get(String(row['ordinal'])) ?? [],
  }));
}

async function rowsBehind(session: Session, heads: readonly StateRow[]): Promise<Map<string, WaitingRow[]>> {
  const lanes = new Map<string, WaitingRow[]>();
  if (heads.length === 0) return lanes;
  const rows = await session.all(
    `SELECT head.ordinal AS head, next.id, next.notification
     FROM nightjar.alert_outbox AS head, LATERAL (
       SELECT ordinal, id, notification FROM nightjar.alert_outbox AS it
       WHERE it.status = 'pending' AND it.channel = head.channel AND it.dedup_key = head.dedup_key
         AND it.ordinal > head.ordinal
       ORDER BY it.ordinal LIMIT $2) AS next
     WHERE head.ordinal = ANY ($1::bigint[])
     ORDER BY head.ordinal, next.ordinal`,
    [heads.map((row) => String(row['ordinal'])), laneRowsMax],
  );
  for (const row of rows) {
    const lane = lanes.get(String(row['head'])) ?? [];
    lane.push({ id: String(row['id']), notification: parseNotification(row) });
    lanes.set(String(row['head']), lane);
  }
  return lanes;
}

export async function rewriteRow(session: Session, rewrite: Rewrite): Promise<boolean> {
  const { id, lease, atMs, kept, absorbedIds } = rewrite;
  const body = JSON.stringify(kept.notification);
  const head = await session.get(
    `SELECT 1 FROM nightjar.alert_outbox WHERE id = $1 AND lease = $2 AND status = 'pending' FOR UPDATE`,
    [id, lease],
  );
  if (head === undefined) return false;
  const changed = await session.run(
    `UPDATE nightjar.alert_outbox SET notification = $2 WHERE id = $1 AND status = 'pending'`,
    [kept.id, body],
  );
  if (changed === 0) return false;
  await session.run(
    `UPDATE nightjar.alert_outbox SET status = 'absorbed', settled_at_ms = $2, lease = NULL
     WHERE id = ANY ($1::text[]) AND status = 'pending'`,
    [absorbedIds, atMs],
  );
  return true;
}

/** Inside a transaction; with a follow-up, one that holds the lock `alerts`. */
export async function settleRow(session: Session, settlement: Settlement): Promise<boolean> {
  const { id, lease, atMs } = settlement;
  const held = `id = $1 AND lease = $2 AND status = 'pending'`;
  switch (settlement.kind) {
    case 'delivered':
      return (
        (await session.run(
          `UPDATE nightjar.alert_outbox SET status = 'delivered', settled_at_ms = $3, lease = NULL, reason = NULL
           WHERE ${held}`,
          [id, lease, atMs],
        )) === 1
      );
    case 'retry':
      return (
        (await session.run(
          `UPDATE nightjar.alert_outbox SET not_before_ms = $3, reason = $4, lease = NULL, lease_until_ms = 0
           WHERE ${held}`,
          [id, lease, settlement.notBeforeMs, settlement.reason],
        )) === 1
      );
    case 'dead': {
      const isHeld =
        (await session.run(
          `UPDATE nightjar.alert_outbox SET status = 'dead', settled_at_ms = $3, reason = $4, lease = NULL
           WHERE ${held}`,
          [id, lease, atMs, settlement.reason],
        )) === 1;
      if (isHeld) await enqueueRows(session, settlement.followUp);
      return isHeld;
    }
    default:
      return assertNever(settlement);
  }
}

export async function countDepths(session: Session): Promise<OutboxDepth[]> {
  const rows = await session.all(
    `SELECT channel, count(*) FILTER (WHERE status = 'pending') AS pending,
       count(*) FILTER (WHERE status = 'dead') AS dead,
       min(created_at_ms) FILTER (WHERE status = 'pending') AS oldest_ms
     FROM nightjar.alert_outbox GROUP BY channel ORDER BY channel`,
  );
  return rows.map((row) => ({
    channel: String(row['channel']),
    pending: Number(row['pending']),
    dead: Number(row['dead']),
    oldestPendingMs: row['oldest_ms'] === null ? null : Number(row['oldest_ms']),
  }));
}

function assertNever(value: never): never {
  throw new Error(`unreachable settlement ${JSON.stringify(value)}`);
}
