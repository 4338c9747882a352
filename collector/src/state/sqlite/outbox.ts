import { randomUUID } from 'node:crypto';
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
import type { SqliteDatabase, SqliteRow } from './database.ts';

/** Inside the caller's transaction. A full channel takes the row as dead, so that it is counted and can be seen. */
export function enqueueRow(database: SqliteDatabase, row: OutboxRow): void {
  const open = database.get(
    `SELECT count(*) AS open_rows FROM alert_outbox WHERE status = 'pending' AND channel = :channel`,
    { channel: row.channel },
  );
  const isFull = Number(open?.['open_rows'] ?? 0) >= outboxPendingMax;
  const inserted = database.run(
    `INSERT INTO alert_outbox
       (id, channel, dedup_key, notification, created_at_ms, not_before_ms, status, settled_at_ms, reason)
     VALUES (:id, :channel, :dedupKey, :body, :createdAtMs, :notBeforeMs, :status, :settledAtMs, :reason)
     ON CONFLICT (id) DO NOTHING`,
    {
      id: row.id,
      channel: row.channel,
      dedupKey: row.dedupKey,
      body: JSON.stringify(row.notification),
      createdAtMs: row.createdAtMs,
      notBeforeMs: row.notBeforeMs,
      status: isFull ? 'dead' : 'pending',
      settledAtMs: isFull ? row.createdAtMs : null,
      reason: isFull ? 'outbox_full' : null,
    },
  );
  if (inserted === 0) return;
  for (const episodeId of new Set(row.episodeIds ?? [row.notification.episodeId]))
    database.run('INSERT INTO alert_outbox_episodes VALUES (:episodeId, :id)', { episodeId, id: row.id });
}

export function claimRows(database: SqliteDatabase, request: ClaimRequest): ClaimedRow[] {
  const { channel, nowMs, rowsMax, leaseMs } = request;
  const due = database.all(
    `SELECT ordinal, id, channel, dedup_key, notification, created_at_ms, not_before_ms, attempt
     FROM alert_outbox
     WHERE ordinal IN (
         SELECT min(ordinal) FROM alert_outbox WHERE status = 'pending' AND channel = :channel GROUP BY dedup_key)
       AND not_before_ms <= :nowMs AND lease_until_ms <= :nowMs
     ORDER BY ordinal LIMIT :rowsMax`,
    { channel, nowMs, rowsMax },
  );
  return due.map((row) => {
    const lease = randomUUID();
    database.run(
      `UPDATE alert_outbox SET lease = :lease, lease_until_ms = :until, attempt = attempt + 1
       WHERE ordinal = :ordinal`,
      { lease, until: nowMs + leaseMs, ordinal: row['ordinal'] ?? null },
    );
    const behind = rowsBehind(database, row);
    return { ...toOutboxRow(row), attempt: Number(row['attempt']) + 1, lease, behind };
  });
}

function rowsBehind(database: SqliteDatabase, row: SqliteRow): WaitingRow[] {
  return database
    .all(
      `SELECT id, notification FROM alert_outbox
       WHERE status = 'pending' AND channel = :channel AND dedup_key = :dedupKey AND ordinal > :ordinal
       ORDER BY ordinal LIMIT :laneRowsMax`,
      {
        channel: row['channel'] ?? null,
        dedupKey: row['dedup_key'] ?? null,
        ordinal: row['ordinal'] ?? null,
        laneRowsMax,
      },
    )
    .map((it) => ({ id: String(it['id']), notification: parseNotification(it) }));
}

export function rewriteRow(database: SqliteDatabase, rewrite: Rewrite): boolean {
  const { id, lease, atMs, kept, absorbedIds } = rewrite;
  const isHeld =
    database.get(`SELECT 1 FROM alert_outbox WHERE id = :id AND lease = :lease AND status = 'pending'`, {
      id,
      lease,
    }) !== undefined;
  if (!isHeld) return false;
  const body = JSON.stringify(kept.notification);
  const changed = database.run(
    `UPDATE alert_outbox SET notification = :body WHERE id = :id AND status = 'pending'`,
    { id: kept.id, body },
  );
  if (changed === 0) return false;
  for (const absorbedId of absorbedIds)
    database.run(
      `UPDATE alert_outbox SET status = 'delivered', absorbed = 1, settled_at_ms = :atMs, lease = NULL
       WHERE id = :absorbedId AND status = 'pending'`,
      { absorbedId, atMs },
    );
  return true;
}

export function settleRow(database: SqliteDatabase, settlement: Settlement): boolean {
  const { id, lease, atMs } = settlement;
  const held = `id = :id AND lease = :lease AND status = 'pending'`;
  switch (settlement.kind) {
    case 'delivered':
      return (
        database.run(
          `UPDATE alert_outbox SET status = 'delivered', settled_at_ms = :atMs, lease = NULL, reason = NULL
           WHERE ${held}`,
          { id, lease, atMs },
        ) === 1
      );
    case 'retry':
      return (
        database.run(
          `UPDATE alert_outbox SET not_before_ms = :notBeforeMs, reason = :reason, lease = NULL, lease_until_ms = 0
           WHERE ${held}`,
          { id, lease, notBeforeMs: settlement.notBeforeMs, reason: settlement.reason },
        ) === 1
      );
    case 'dead': {
      const isHeld =
        database.run(
          `UPDATE alert_outbox SET status = 'dead', settled_at_ms = :atMs, reason = :reason, lease = NULL
           WHERE ${held}`,
          { id, lease, atMs, reason: settlement.reason },
        ) === 1;
      if (isHeld) for (const row of settlement.followUp) enqueueRow(database, row);
      return isHeld;
    }
    default:
      return assertNever(settlement);
  }
}

export function countDepths(database: SqliteDatabase): OutboxDepth[] {
  return database
    .all(
      `SELECT channel, sum(status = 'pending') AS pending, sum(status = 'dead') AS dead,
         min(CASE WHEN status = 'pending' THEN created_at_ms END) AS oldest_ms
       FROM alert_outbox GROUP BY channel ORDER BY channel`,
    )
    .map((row) => ({
      channel: String(row['channel']),
      pending: Number(row['pending']),
      dead: Number(row['dead']),
      oldestPendingMs: row['oldest_ms'] === null ? null : Number(row['oldest_ms']),
    }));
}

function assertNever(value: never): never {
  throw new Error(`unreachable settlement ${JSON.stringify(value)}`);
}
