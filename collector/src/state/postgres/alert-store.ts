import type { AlertStore } from '@nightjar/alerts';
import { parseEpisode, parseInstance, ranksOf } from '../rows.ts';
import { listActions, listHolds, pruneActions, recordAction } from './alert-actions.ts';
import { commitFlush, listDueGroups, listGroups } from './alert-groups.ts';
import { commitBatches } from './commit.ts';
import type { PostgresDatabase, Session } from './database.ts';
import { listDeliveries } from './deliveries.ts';
import { giveLeaseBack, takeLease } from './lease.ts';
import type { LeaseClock } from './lease.ts';
import { lockIn } from './locks.ts';
import { claimRows, countDepths, enqueueRows, rewriteRow, settleRow } from './outbox.ts';
import { endSilence, listSilences, saveSilence } from './silences.ts';

export interface AlertStoreOptions {
  readonly close: () => Promise<void>;
  readonly leaseClock: LeaseClock;
}

/** Alert state, episodes and outbox in one database, for any number of collectors. */
export function createAlertStore(database: PostgresDatabase, options: AlertStoreOptions): AlertStore {
  const { close, leaseClock } = options;
  /** A transaction that may put messages into the outbox. */
  const sending = async <Result>(work: (session: Session) => Promise<Result>): Promise<Result> =>
    await database.transaction(async (session) => {
      await lockIn(session, 'alerts');
      return await work(session);
    });
  return {
    ...historyOf(database),
    load: async (ruleUid) => await loadRule(database, ruleUid),
    ruleUids: async () => {
      const rows = await database.all(
        'SELECT rule_uid FROM nightjar.alert_rules ORDER BY rule_uid COLLATE "C"',
      );
      return rows.map((row) => String(row['rule_uid']));
    },
    commit: async (batch) => {
      const [outcome] = await database.transaction(async (session) => await commitBatches(session, [batch]));
      return outcome ?? 'superseded';
    },
    commitAll: async (batches) =>
      await database.transaction(async (session) => await commitBatches(session, batches)),
    lead: async (request) => await takeLease(database, request, leaseClock),
    resign: async (holder) => await giveLeaseBack(database, holder),
    claim: async (request) =>
      await database.transaction(async (session) => await claimRows(session, request)),
    settle: async (settlement) =>
      settlement.kind === 'dead'
        ? await sending(async (session) => await settleRow(session, settlement))
        : await settleRow(database, settlement),
    outboxDepths: async () => await countDepths(database),
    enqueue: async (rows) => await sending(async (session) => await enqueueRows(session, rows)),
    rewrite: async (rewrite) =>
      await database.transaction(async (session) => await rewriteRow(session, rewrite)),
    listDeliveries: async (query) => await listDeliveries(database, query),
    dueGroups: async (nowMs, rowsMax) => await listDueGroups(database, { nowMs, rowsMax }),
    commitGroup: async (flush) => await sending(async (session) => await commitFlush(session, flush)),
    listGroups: async () => await listGroups(database),
    recordAction: async (action) =>
      await database.transaction(async (session) => await recordAction(session, action)),
    listActions: async (query) => await listActions(database, query),
    listHolds: async (nowMs) => await listHolds(database, nowMs),
    saveSilence: async (item, nowMs) =>
      await database.transaction(async (session) => await saveSilence(session, { item, nowMs })),
    endSilence: async (id, atMs) =>
      await database.transaction(async (session) => await endSilence(session, { id, atMs })),
    listSilences: async (endsAfterMs) => await listSilences(database, endsAfterMs),
    prune: async (beforeMs) =>
      await database.transaction(async (session) => await pruneAll(session, beforeMs)),
    close,
  };
}

type History = Pick<AlertStore, 'listAlerts' | 'findAlert' | 'findEpisode' | 'listEpisodes'>;

function historyOf(database: PostgresDatabase): History {
  return {
    listAlerts: async ({ states, rowsMax }) => {
      const rows = await database.all(
        `SELECT body FROM nightjar.alert_instances WHERE state_rank = ANY ($1::smallint[])
         ORDER BY state_rank, changed_at_ms DESC, id COLLATE "C" LIMIT $2`,
        [ranksOf(states), rowsMax],
      );
      return rows.map((row) => parseInstance(row).alert);
    },
    findAlert: async (id) => {
      const row = await database.get('SELECT body FROM nightjar.alert_instances WHERE id = $1', [id]);
      return row === undefined ? undefined : parseInstance(row).alert;
    },
    findEpisode: async (id) => {
      const row = await database.get('SELECT body FROM nightjar.alert_episodes WHERE id = $1', [id]);
      return row === undefined ? undefined : parseEpisode(row);
    },
    listEpisodes: async ({ fromMs, toMs, rowsMax, ruleUid }) => {
      const rows = await database.all(
        `SELECT body FROM nightjar.alert_episodes
         WHERE fired_at_ms < $2 AND (resolved_at_ms IS NULL OR resolved_at_ms >= $1)
           AND ($4::text IS NULL OR rule_uid = $4)
         ORDER BY fired_at_ms DESC, id COLLATE "C" LIMIT $3`,
        [fromMs, toMs, rowsMax, ruleUid ?? null],
      );
      return rows.map(parseEpisode);
    },
  };
}

/** One statement, so that tick and instances are of one moment. */
async function loadRule(
  database: PostgresDatabase,
  ruleUid: string,
): Promise<Awaited<ReturnType<AlertStore['load']>>> {
  const rows = await database.all(
    `SELECT rule.tick_ms AS tick_ms, instance.body AS body
     FROM nightjar.alert_rules AS rule LEFT JOIN nightjar.alert_instances AS instance USING (rule_uid)
     WHERE rule.rule_uid = $1 ORDER BY instance.id COLLATE "C"`,
    [ruleUid],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const held = rows.filter(({ body }) => body !== null);
  return { tickMs: Number(first['tick_ms']), instances: held.map(parseInstance) };
}

async function pruneAll(session: Session, beforeMs: number): Promise<number> {
  const actions = await pruneActions(session, beforeMs);
  const messages = await session.run(
    `DELETE FROM nightjar.alert_outbox WHERE status <> 'pending' AND settled_at_ms < $1`,
    [beforeMs],
  );
  const episodes = await session.run('DELETE FROM nightjar.alert_episodes WHERE resolved_at_ms < $1', [
    beforeMs,
  ]);
  const silences = await session.run('DELETE FROM nightjar.alert_silences WHERE ends_at_ms < $1', [beforeMs]);
  return actions + messages + episodes + silences;
}
