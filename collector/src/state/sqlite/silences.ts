import { silencesMax } from '@nightjar/alerts';
import { endedAt, lastEndOf } from '@nightjar/alerts/schema';
import type { Silence } from '@nightjar/alerts/schema';
import { parseSilence, readableSilences } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';

export function saveSilence(
  database: SqliteDatabase,
  { item, nowMs }: { readonly item: Silence; readonly nowMs: number },
): 'saved' | 'full' {
  const { id, startsAt } = item;
  const counted = database.get(
    'SELECT count(*) AS others FROM alert_silences WHERE ends_at_ms > :nowMs AND id <> :id',
    { nowMs, id },
  );
  const isKnown = database.get('SELECT 1 FROM alert_silences WHERE id = :id', { id }) !== undefined;
  if (!isKnown && Number(counted?.['others'] ?? 0) >= silencesMax) return 'full';
  database.run(
    `INSERT INTO alert_silences VALUES (:id, :startsAt, :lastEnd, :body)
     ON CONFLICT (id) DO UPDATE SET starts_at_ms = excluded.starts_at_ms, ends_at_ms = excluded.ends_at_ms,
       body = excluded.body`,
    { id, startsAt, lastEnd: lastEndOf(item), body: JSON.stringify(item) },
  );
  return 'saved';
}

export function endSilence(
  database: SqliteDatabase,
  { id, atMs }: { readonly id: string; readonly atMs: number },
): boolean {
  const row = database.get('SELECT body FROM alert_silences WHERE id = :id AND ends_at_ms > :atMs', {
    id,
    atMs,
  });
  if (row === undefined) return false;
  const ended = endedAt(parseSilence(row), atMs);
  if (ended === undefined) database.run('DELETE FROM alert_silences WHERE id = :id', { id });
  else
    database.run('UPDATE alert_silences SET ends_at_ms = :atMs, body = :body WHERE id = :id', {
      id,
      atMs,
      body: JSON.stringify(ended),
    });
  return true;
}

export function listSilences(database: SqliteDatabase, endsAfterMs: number): Silence[] {
  return readableSilences(
    database.all(
      `SELECT body FROM alert_silences WHERE ends_at_ms > :endsAfterMs
       ORDER BY starts_at_ms, id LIMIT :silencesMax`,
      { endsAfterMs, silencesMax },
    ),
  );
}
