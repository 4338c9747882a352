import type { Delivery, DeliveryQuery } from '@nightjar/alerts';
import { toDelivery } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';

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
