import type { AlertStore } from '@nightjar/alerts';
import type { Alert, Instance } from '@nightjar/alerts/schema';
import { changedAtMs, parseEpisode, parseInstance, ranksOf, stateRank } from '../rows.ts';
import { listActions, listHolds, pruneActions, recordAction } from './alert-actions.ts';
import { commitFlush, listDueGroups, listGroups, noteGroups } from './alert-groups.ts';
import type { SqliteDatabase } from './database.ts';
import { listDeliveries } from './deliveries.ts';
import { claimRows, countDepths, enqueueRow, rewriteRow, settleRow } from './outbox.ts';
import { endSilence, listSilences, saveSilence } from './silences.ts';

/** Alert state, episodes and outbox in one file, so that what fired and what must be said about it commit together. */
export function createAlertStore(database: SqliteDatabase, close: () => Promise<void>): AlertStore {
  return {
    load: async (ruleUid) => loadRule(database, ruleUid),
    ruleUids: async () =>
      database
        .all('SELECT rule_uid FROM alert_rules ORDER BY rule_uid')
        .map((row) => String(row['rule_uid'])),
    commit: async (batch) => database.transaction(() => applyBatch(database, batch)),
    commitAll: async (batches) =>
      database.transaction(() => batches.map((batch) => applyBatch(database, batch))),
    listAlerts: async (query) => listAlerts(database, query),
    findAlert: async (id) => {
      const row = database.get('SELECT body FROM alert_instances WHERE id = :id', { id });
      return row === undefined ? undefined : parseInstance(row).alert;
    },
    findEpisode: async (id) => {
      const row = database.get('SELECT body FROM alert_episodes WHERE id = :id', { id });
      return row === undefined ? undefined : parseEpisode(row);
    },
    listEpisodes: async ({ fromMs, toMs, rowsMax, ruleUid }) =>
      database
        .all(
          `SELECT body FROM alert_episodes
           WHERE fired_at_ms < :toMs AND (resolved_at_ms IS NULL OR resolved_at_ms >= :fromMs)
             AND (:ruleUid IS NULL OR rule_uid = :ruleUid)
           ORDER BY fired_at_ms DESC, id LIMIT :rowsMax`,
          { fromMs, toMs, rowsMax, ruleUid: ruleUid ?? null },
        )
        .map(parseEpisode),
    claim: async (request) => database.transaction(() => claimRows(database, request)),
    settle: async (settlement) => database.transaction(() => settleRow(database, settlement)),
    outboxDepths: async () => countDepths(database),
    enqueue: async (rows) =>
      database.transaction(() => {
        for (const row of rows) enqueueRow(database, row);
      }),
    rewrite: async (rewrite) => database.transaction(() => rewriteRow(database, rewrite)),
    listDeliveries: async (query) => listDeliveries(database, query),
    dueGroups: async (nowMs, rowsMax) => listDueGroups(database, { nowMs, rowsMax }),
    commitGroup: async (flush) => database.transaction(() => commitFlush(database, flush)),
    listGroups: async () => listGroups(database),
    recordAction: async (action) => database.transaction(() => recordAction(database, action)),
    listActions: async (query) => listActions(database, query),
    listHolds: async (nowMs) => listHolds(database, nowMs),
    saveSilence: async (item, nowMs) => database.transaction(() => saveSilence(database, { item, nowMs })),
    endSilence: async (id, atMs) => database.transaction(() => endSilence(database, { id, atMs })),
    listSilences: async (endsAfterMs) => listSilences(database, endsAfterMs),
    prune: async (beforeMs) => database.transaction(() => prune(database, beforeMs)),
    close,
  };
}

function loadRule(database: SqliteDatabase, ruleUid: string): Awaited<ReturnType<AlertStore['load']>> {
  const rule = database.get('SELECT tick_ms FROM alert_rules WHERE rule_uid = :ruleUid', { ruleUid });
  if (rule === undefined) return undefined;
  const rows = database.all('SELECT body FROM alert_instances WHERE rule_uid = :ruleUid ORDER BY id', {
    ruleUid,
  });
  return { tickMs: Number(rule['tick_ms']), instances: rows.map(parseInstance) };
}

function applyBatch(
  database: SqliteDatabase,
  batch: Parameters<AlertStore['commit']>[0],
): 'committed' | 'superseded' {
  const { ruleUid, tickMs } = batch;
  const stored = database.get('SELECT tick_ms FROM alert_rules WHERE rule_uid = :ruleUid', { ruleUid });
  const storedTickMs = stored === undefined ? null : Number(stored['tick_ms']);
  if (storedTickMs !== batch.expectedTickMs) return 'superseded';
  for (const id of batch.removedIds) database.run('DELETE FROM alert_instances WHERE id = :id', { id });
  if (tickMs === null) {
    database.run('DELETE FROM alert_rules WHERE rule_uid = :ruleUid', { ruleUid });
    database.run('DELETE FROM alert_instances WHERE rule_uid = :ruleUid', { ruleUid });
  } else {
    database.run(
      'INSERT INTO alert_rules VALUES (:ruleUid, :tickMs) ON CONFLICT (rule_uid) DO UPDATE SET tick_ms = excluded.tick_ms',
      { ruleUid, tickMs },
    );
    for (const item of batch.instances) saveInstance(database, item);
  }
  for (const item of batch.episodes) {
    database.run(
      `INSERT INTO alert_episodes VALUES (:id, :ruleUid, :firedAtMs, :resolvedAtMs, :body)
       ON CONFLICT (id) DO UPDATE SET fired_at_ms = excluded.fired_at_ms,
         resolved_at_ms = excluded.resolved_at_ms, body = excluded.body`,
      {
        id: item.id,
        ruleUid: item.ruleUid,
        firedAtMs: item.firedAt,
        resolvedAtMs: item.resolvedAt,
        body: JSON.stringify(item),
      },
    );
  }
  for (const row of batch.outbox) enqueueRow(database, row);
  noteGroups(database, batch.groupNotes ?? []);
  return 'committed';
}

function saveInstance(database: SqliteDatabase, item: Instance): void {
  database.run(
    `INSERT INTO alert_instances VALUES (:id, :ruleUid, :stateRank, :changedAtMs, :body)
     ON CONFLICT (id) DO UPDATE SET rule_uid = excluded.rule_uid, state_rank = excluded.state_rank,
       changed_at_ms = excluded.changed_at_ms, body = excluded.body`,
    {
      id: item.id,
      ruleUid: item.ruleUid,
      stateRank: stateRank[item.alert.state],
      changedAtMs: changedAtMs(item.alert),
      body: JSON.stringify(item),
    },
  );
}

function listAlerts(
  database: SqliteDatabase,
  { states, rowsMax }: Parameters<AlertStore['listAlerts']>[0],
): Alert[] {
  return database
    .all(
      `SELECT body FROM alert_instances WHERE state_rank IN (SELECT value FROM json_each(:ranks))
       ORDER BY state_rank, changed_at_ms DESC, id LIMIT :rowsMax`,
      { ranks: JSON.stringify(ranksOf(states)), rowsMax },
    )
    .map((row) => parseInstance(row).alert);
}

function prune(database: SqliteDatabase, beforeMs: number): number {
  return (
    pruneActions(database, beforeMs) +
    database.run(`DELETE FROM alert_outbox WHERE status <> 'pending' AND settled_at_ms < :beforeMs`, {
      beforeMs,
    }) +
    database.run('DELETE FROM alert_episodes WHERE resolved_at_ms < :beforeMs', { beforeMs }) +
    database.run('DELETE FROM alert_silences WHERE ends_at_ms < :beforeMs', { beforeMs })
  );
}
