import { actionsMax, holdsMax, holdsOf } from '@nightjar/alerts';
import type { ActionQuery } from '@nightjar/alerts';
import type { AlertAction, AlertHold } from '@nightjar/alerts/schema';
import { parseAction } from '../rows.ts';
import type { Session } from './database.ts';
import { lockIn } from './locks.ts';

/** Inside a transaction. */
export async function recordAction(
  session: Session,
  action: AlertAction,
): Promise<'recorded' | 'known' | 'full'> {
  const { id, alertId, episodeId, kind, at, until } = action;
  await lockIn(session, 'actions');
  if ((await session.get('SELECT 1 FROM nightjar.alert_actions WHERE id = $1', [id])) !== undefined)
    return 'known';
  const alike = await session.get(
    `SELECT count(*) AS actions FROM nightjar.alert_actions
     WHERE alert_id = $1 AND episode_id IS NOT DISTINCT FROM $2::text`,
    [alertId, episodeId],
  );
  if (Number(alike?.['actions'] ?? 0) >= actionsMax) return 'full';
  await session.run(
    `INSERT INTO nightjar.alert_actions (id, alert_id, episode_id, kind, at_ms, until_ms, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, alertId, episodeId, kind, at, until, JSON.stringify(action)],
  );
  return 'recorded';
}

export async function listActions(session: Session, query: ActionQuery): Promise<AlertAction[]> {
  const { alertId = null, episodeId = null, fromMs = null, toMs = null, rowsMax } = query;
  const rows = await session.all(
    `SELECT body FROM nightjar.alert_actions
     WHERE ($1::text IS NULL OR alert_id = $1) AND ($2::text IS NULL OR episode_id = $2)
       AND ($3::bigint IS NULL OR at_ms >= $3) AND ($4::bigint IS NULL OR at_ms < $4)
     ORDER BY at_ms DESC, ordinal DESC LIMIT $5`,
    [alertId, episodeId, fromMs, toMs, rowsMax],
  );
  return rows.map(parseAction);
}

export async function listHolds(session: Session, nowMs: number): Promise<AlertHold[]> {
  const openEpisodes = new Set<string>();
  const rows = await session.all(
    `WITH held AS (
       SELECT action.alert_id FROM nightjar.alert_actions AS action
       JOIN nightjar.alert_episodes AS episode ON episode.id = action.episode_id
       WHERE action.kind = 'ack' AND episode.resolved_at_ms IS NULL
       UNION
       SELECT alert_id FROM nightjar.alert_actions WHERE kind = 'snooze' AND until_ms > $1)
     SELECT action.body AS body, action.episode_id AS episode_id,
       episode.id IS NOT NULL AND episode.resolved_at_ms IS NULL AS is_open
     FROM nightjar.alert_actions AS action
     LEFT JOIN nightjar.alert_episodes AS episode ON episode.id = action.episode_id
     WHERE action.alert_id IN (SELECT alert_id FROM held ORDER BY alert_id COLLATE "C" LIMIT $2)
     ORDER BY action.ordinal`,
    [nowMs, holdsMax],
  );
  const actions = rows.map((row) => {
    if (row['is_open'] === true) openEpisodes.add(String(row['episode_id']));
    return parseAction(row);
  });
  const isOpen = ({ episodeId }: AlertAction) => episodeId !== null && openEpisodes.has(episodeId);
  return holdsOf(actions, { nowMs, isOpen });
}

export async function pruneActions(session: Session, beforeMs: number): Promise<number> {
  return await session.run(
    `DELETE FROM nightjar.alert_actions AS action
     WHERE at_ms < $1 AND coalesce(until_ms, at_ms) < $1
       AND NOT EXISTS (
         SELECT 1 FROM nightjar.alert_episodes AS episode
         WHERE episode.id = action.episode_id AND episode.resolved_at_ms IS NULL)`,
    [beforeMs],
  );
}
