import { silencesMax } from '@nightjar/alerts';
import { endedAt, lastEndOf } from '@nightjar/alerts/schema';
import type { Silence } from '@nightjar/alerts/schema';
import { parseSilence, readableSilences } from '../rows.ts';
import type { Session } from './database.ts';
import { lockIn } from './locks.ts';

/** Inside a transaction. */
export async function saveSilence(
  session: Session,
  { item, nowMs }: { readonly item: Silence; readonly nowMs: number },
): Promise<'saved' | 'full'> {
  const { id, startsAt } = item;
  await lockIn(session, 'silences');
  const counted = await session.get(
    `SELECT count(*) FILTER (WHERE ends_at_ms > $1 AND id <> $2) AS others, count(*) FILTER (WHERE id = $2) AS own
     FROM nightjar.alert_silences`,
    [nowMs, id],
  );
  const isKnown = Number(counted?.['own'] ?? 0) > 0;
  if (!isKnown && Number(counted?.['others'] ?? 0) >= silencesMax) return 'full';
  await session.run(
    `INSERT INTO nightjar.alert_silences VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET starts_at_ms = excluded.starts_at_ms, ends_at_ms = excluded.ends_at_ms,
       body = excluded.body`,
    [id, startsAt, lastEndOf(item), JSON.stringify(item)],
  );
  return 'saved';
}

/** Inside a transaction. */
export async function endSilence(
  session: Session,
  { id, atMs }: { readonly id: string; readonly atMs: number },
): Promise<boolean> {
  const row = await session.get(
    'SELECT body FROM nightjar.alert_silences WHERE id = $1 AND ends_at_ms > $2 FOR UPDATE',
    [id, atMs],
  );
  if (row === undefined) return false;
  const ended = endedAt(parseSilence(row), atMs);
  if (ended === undefined) await session.run('DELETE FROM nightjar.alert_silences WHERE id = $1', [id]);
  else
    await session.run('UPDATE nightjar.alert_silences SET ends_at_ms = $2, body = $3 WHERE id = $1', [
      id,
      atMs,
      JSON.stringify(ended),
    ]);
  return true;
}

export async function listSilences(session: Session, endsAfterMs: number): Promise<Silence[]> {
  const rows = await session.all(
    `SELECT body FROM nightjar.alert_silences WHERE ends_at_ms > $1 ORDER BY starts_at_ms, id COLLATE "C" LIMIT $2`,
    [endsAfterMs, silencesMax],
  );
  return readableSilences(rows);
}
