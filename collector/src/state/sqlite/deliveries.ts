import type { Delivery, DeliveryQuery, DeliveryStatus } from '@nightjar/alerts';
import { notification } from '@nightjar/alerts/schema';
import type { SqliteDatabase, SqliteRow } from './database.ts';

// A row that was absorbed is kept as delivered with a mark: the table's check was made before there were any.
const statusSql = `CASE WHEN absorbed = 1 THEN 'absorbed' ELSE status END`;

export function listDeliveries(database: SqliteDatabase, query: DeliveryQuery): Delivery[] {
  const { episodeId = null, channel = null, status = null, rowsMax } = query;
  return database
    .all(
      `SELECT id, channel, ${statusSql} AS status, attempt, reason, created_at_ms, not_before_ms, settled_at_ms,
         notification
       FROM alert_outbox
       WHERE (:episodeId IS NULL OR id IN (
           SELECT outbox_id FROM alert_outbox_episodes WHERE episode_id = :episodeId))
         AND (:channel IS NULL OR channel = :channel) AND (:status IS NULL OR ${statusSql} = :status)
       ORDER BY ordinal DESC LIMIT :rowsMax`,
      { episodeId, channel, status, rowsMax },
    )
    .map(toDelivery);
}

function toDelivery(row: SqliteRow): Delivery {
  return {
    id: String(row['id']),
    channel: String(row['channel']),
    status: toStatus(row['status']),
    attempts: Number(row['attempt']),
    reason: row['reason'] === null ? null : String(row['reason']),
    createdAtMs: Number(row['created_at_ms']),
    notBeforeMs: Number(row['not_before_ms']),
    settledAtMs: row['settled_at_ms'] === null ? null : Number(row['settled_at_ms']),
    notification: notification.parse(JSON.parse(String(row['notification']))),
  };
}

function toStatus(value: unknown): DeliveryStatus {
  return value === 'delivered' || value === 'dead' || value === 'absorbed' ? value : 'pending';
}
