import type { Delivery, DeliveryQuery } from '@nightjar/alerts';
import { toDelivery } from '../rows.ts';
import type { Session } from './database.ts';

export async function listDeliveries(session: Session, query: DeliveryQuery): Promise<Delivery[]> {
  const { episodeId = null, channel = null, status = null, rowsMax } = query;
  const rows = await session.all(
    `SELECT id, channel, status, attempt, reason, created_at_ms, not_before_ms, settled_at_ms, notification
     FROM nightjar.alert_outbox
     WHERE ($1::text IS NULL OR id IN (
         SELECT outbox_id FROM nightjar.alert_outbox_episodes WHERE episode_id = $1))
       AND ($2::text IS NULL OR channel = $2) AND ($3::text IS NULL OR status = $3)
     ORDER BY ordinal DESC LIMIT $4`,
    [episodeId, channel, status, rowsMax],
  );
  return rows.map(toDelivery);
}
