import { groupId, groupsListedMax, takeNotes } from '@nightjar/alerts';
import type { GroupFlush, GroupNote, StoredGroup } from '@nightjar/alerts';
import { parseGroup } from '../rows.ts';
import type { Session } from './database.ts';
import { enqueueRows } from './outbox.ts';

/** Inside a transaction that holds the lock `alerts`; each group is read and written once. */
export async function noteGroups(session: Session, notes: readonly GroupNote[]): Promise<void> {
  if (notes.length === 0) return;
  const ownNotes = Map.groupBy(notes, groupId);
  const rows = await session.all(
    'SELECT version, body FROM nightjar.alert_groups WHERE id = ANY ($1::text[])',
    [[...ownNotes.keys()]],
  );
  const stored = new Map(rows.map(parseGroup).map((it) => [it.group.id, it]));
  const next = [...ownNotes].map(([id, own]): StoredGroup => {
    const before = stored.get(id);
    return { version: (before?.version ?? 0) + 1, group: takeNotes(before?.group, own) };
  });
  await saveGroups(session, next);
}

export async function listDueGroups(
  session: Session,
  { nowMs, rowsMax }: { readonly nowMs: number; readonly rowsMax: number },
): Promise<StoredGroup[]> {
  const rows = await session.all(
    `SELECT version, body FROM nightjar.alert_groups WHERE due_at_ms <= $1 ORDER BY due_at_ms, id LIMIT $2`,
    [nowMs, rowsMax],
  );
  return rows.map(parseGroup);
}

export async function listGroups(session: Session): Promise<StoredGroup[]> {
  const rows = await session.all('SELECT version, body FROM nightjar.alert_groups ORDER BY id LIMIT $1', [
    groupsListedMax,
  ]);
  return rows.map(parseGroup);
}

/** Inside a transaction that holds the lock `alerts`. */
export async function commitFlush(session: Session, flush: GroupFlush): Promise<'committed' | 'superseded'> {
  const { id, expectedVersion, group } = flush;
  const stored = await session.get('SELECT version FROM nightjar.alert_groups WHERE id = $1', [id]);
  if (stored === undefined || Number(stored['version']) !== expectedVersion) return 'superseded';
  if (group === null) await session.run('DELETE FROM nightjar.alert_groups WHERE id = $1', [id]);
  else await saveGroups(session, [{ version: expectedVersion + 1, group }]);
  await enqueueRows(session, flush.outbox);
  return 'committed';
}

async function saveGroups(session: Session, groups: readonly StoredGroup[]): Promise<void> {
  await session.runEach(
    `INSERT INTO nightjar.alert_groups (id, due_at_ms, version, body)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
     ON CONFLICT (id) DO UPDATE SET due_at_ms = excluded.due_at_ms, version = excluded.version, body = excluded.body`,
    groups.map(({ version, group }) => [group.id, group.dueAt, version, JSON.stringify(group)]),
  );
}
