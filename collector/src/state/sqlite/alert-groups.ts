import { groupId, groupsListedMax, takeNotes } from '@nightjar/alerts';
import type { GroupFlush, GroupNote, StoredGroup } from '@nightjar/alerts';
import type { NotifyGroup } from '@nightjar/alerts/schema';
import { parseGroup } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';
import { enqueueRow } from './outbox.ts';

/** Inside the caller's transaction; each group is read and written once. */
export function noteGroups(database: SqliteDatabase, notes: readonly GroupNote[]): void {
  for (const [id, own] of Map.groupBy(notes, groupId)) {
    const stored = readGroup(database, id);
    const version = (stored?.version ?? 0) + 1;
    saveGroup(database, { version, group: takeNotes(stored?.group, own) });
  }
}

export function listDueGroups(
  database: SqliteDatabase,
  { nowMs, rowsMax }: { readonly nowMs: number; readonly rowsMax: number },
): StoredGroup[] {
  return database
    .all(
      `SELECT version, body FROM alert_groups WHERE due_at_ms IS NOT NULL AND due_at_ms <= :nowMs
       ORDER BY due_at_ms, id LIMIT :rowsMax`,
      { nowMs, rowsMax },
    )
    .map(parseGroup);
}

export function listGroups(database: SqliteDatabase): StoredGroup[] {
  return database
    .all('SELECT version, body FROM alert_groups ORDER BY id LIMIT :groupsListedMax', { groupsListedMax })
    .map(parseGroup);
}

export function commitFlush(database: SqliteDatabase, flush: GroupFlush): 'committed' | 'superseded' {
  const { id, expectedVersion, group } = flush;
  const stored = database.get('SELECT version FROM alert_groups WHERE id = :id', { id });
  if (stored === undefined || Number(stored['version']) !== expectedVersion) return 'superseded';
  if (group === null) database.run('DELETE FROM alert_groups WHERE id = :id', { id });
  else saveGroup(database, { version: expectedVersion + 1, group });
  for (const row of flush.outbox) enqueueRow(database, row);
  return 'committed';
}

function readGroup(database: SqliteDatabase, id: string): StoredGroup | undefined {
  const row = database.get('SELECT version, body FROM alert_groups WHERE id = :id', { id });
  return row === undefined ? undefined : parseGroup(row);
}

function saveGroup(
  database: SqliteDatabase,
  { version, group }: { readonly version: number; readonly group: NotifyGroup },
): void {
  const { id, dueAt } = group;
  database.run(
    `INSERT INTO alert_groups VALUES (:id, :dueAt, :version, :body)
     ON CONFLICT (id) DO UPDATE SET due_at_ms = excluded.due_at_ms, version = excluded.version, body = excluded.body`,
    { id, dueAt, version, body: JSON.stringify(group) },
  );
}
