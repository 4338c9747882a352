import { actionsMax, holdsMax, holdsOf } from '@nightjar/alerts';
import type { ActionQuery } from '@nightjar/alerts';
import type { AlertAction, AlertHold } from '@nightjar/alerts/schema';
import { parseAction } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';

export function recordAction(database: SqliteDatabase, action: AlertAction): 'recorded' | 'known' | 'full' {
  const { id, alertId, episodeId, kind, at, until } = action;
  if (database.get('SELECT 1 FROM alert_actions WHERE id = :id', { id }) !== undefined) return 'known';
  const alike = database.get(
    'SELECT count(*) AS actions FROM alert_actions WHERE alert_id = :alertId AND episode_id IS :episodeId',
    { alertId, episodeId },
  );
  if (Number(alike?.['actions'] ?? 0) >= actionsMax) return 'full';
  database.run(
    `INSERT INTO alert_actions (id, alert_id, episode_id, kind, at_ms, until_ms, body)
     VALUES (:id, :alertId, :episodeId, :kind, :at, :until, :body)`,
    { id, alertId, episodeId, kind, at, until, body: JSON.stringify(action) },
  );
  return 'recorded';
}

export function listActions(database: SqliteDatabase, query: ActionQuery): AlertAction[] {
  const { alertId = null, episodeId = null, fromMs = null, toMs = null, rowsMax } = query;
  return database
    .all(
      `SELECT body FROM alert_actions
       WHERE (:alertId IS NULL OR alert_id = :alertId) AND (:episodeId IS NULL OR episode_id = :episodeId)
         AND (:fromMs IS NULL OR at_ms >= :fromMs) AND (:toMs IS NULL OR at_ms < :toMs)
       ORDER BY at_ms DESC, ordinal DESC LIMIT :rowsMax`,
      { alertId, episodeId, fromMs, toMs, rowsMax },
    )
    .map(parseAction);
}

export function listHolds(database: SqliteDatabase, nowMs: number): AlertHold[] {
  const openEpisodes = new Set<string>();
  const actions = database
    .all(
      `WITH held AS (
         SELECT action.alert_id FROM alert_actions AS action
         JOIN alert_episodes AS episode ON episode.id = action.episode_id
         WHERE action.kind = 'ack' AND episode.resolved_at_ms IS NULL
         UNION
         SELECT alert_id FROM alert_actions WHERE kind = 'snooze' AND until_ms > :nowMs)
       SELECT action.body AS body, action.episode_id AS episode_id,
         episode.id IS NOT NULL AND episode.resolved_at_ms IS NULL AS is_open
       FROM alert_actions AS action LEFT JOIN alert_episodes AS episode ON episode.id = action.episode_id
       WHERE action.alert_id IN (SELECT alert_id FROM held ORDER BY alert_id LIMIT :holdsMax)
       ORDER BY action.ordinal`,
      { nowMs, holdsMax },
    )
    .map((row) => {
      if (row['is_open'] === 1) openEpisodes.add(String(row['episode_id']));
      return parseAction(row);
    });
  const isOpen = ({ episodeId }: AlertAction) => episodeId !== null && openEpisodes.has(episodeId);
  return holdsOf(actions, { nowMs, isOpen });
}

export function pruneActions(database: SqliteDatabase, beforeMs: number): number {
  return database.run(
    `DELETE FROM alert_actions
     WHERE at_ms < :beforeMs AND coalesce(until_ms, at_ms) < :beforeMs
       AND NOT EXISTS (
         SELECT 1 FROM alert_episodes AS episode
         WHERE episode.id = alert_actions.episode_id AND episode.resolved_at_ms IS NULL)`,
    { beforeMs },
  );
}
