import type { AlertStore, CommitBatch } from '@nightjar/alerts';
import { changedAtMs, stateRank } from '../rows.ts';
import { noteGroups } from './alert-groups.ts';
import type { Session } from './database.ts';
import { fenceOf } from './lease.ts';
import { lockIn } from './locks.ts';
import { enqueueRows } from './outbox.ts';

type Outcome = Awaited<ReturnType<AlertStore['commit']>>;

/** Inside one transaction: state, episodes and messages of each batch, or nothing of it. */
export async function commitBatches(session: Session, batches: readonly CommitBatch[]): Promise<Outcome[]> {
  await lockIn(session, 'alerts');
  const isCurrent = await fenceOf(session, batches);
  const outcomes: Outcome[] = [];
  for (const batch of batches)
    outcomes.push(isCurrent(batch) && (await moveTick(session, batch)) ? 'committed' : 'superseded');
  await applyBatches(
    session,
    batches.filter((_, index) => outcomes[index] === 'committed'),
  );
  return outcomes;
}

/** False when the rule is not where the batch was computed from. */
async function moveTick(session: Session, batch: CommitBatch): Promise<boolean> {
  const { ruleUid, expectedTickMs, tickMs } = batch;
  if (expectedTickMs === null && tickMs === null) {
    const stored = await session.get('SELECT 1 FROM nightjar.alert_rules WHERE rule_uid = $1', [ruleUid]);
    return stored === undefined;
  }
  if (expectedTickMs === null) {
    const inserted = await session.run(
      'INSERT INTO nightjar.alert_rules VALUES ($1, $2) ON CONFLICT (rule_uid) DO NOTHING',
      [ruleUid, tickMs],
    );
    return inserted === 1;
  }
  const moved =
    tickMs === null
      ? await session.run('DELETE FROM nightjar.alert_rules WHERE rule_uid = $1 AND tick_ms = $2', [
          ruleUid,
          expectedTickMs,
        ])
      : await session.run(
          'UPDATE nightjar.alert_rules SET tick_ms = $3 WHERE rule_uid = $1 AND tick_ms = $2',
          [ruleUid, expectedTickMs, tickMs],
        );
  return moved === 1;
}

async function applyBatches(session: Session, batches: readonly CommitBatch[]): Promise<void> {
  const removedIds = batches.flatMap((batch) => batch.removedIds);
  if (removedIds.length > 0)
    await session.run('DELETE FROM nightjar.alert_instances WHERE id = ANY ($1::text[])', [removedIds]);
  const goneUids = batches.filter(({ tickMs }) => tickMs === null).map(({ ruleUid }) => ruleUid);
  if (goneUids.length > 0)
    await session.run('DELETE FROM nightjar.alert_instances WHERE rule_uid = ANY ($1::text[])', [goneUids]);
  await saveInstances(session, batches);
  await saveEpisodes(session, batches);
  await enqueueRows(
    session,
    batches.flatMap(({ outbox }) => outbox),
  );
  await noteGroups(
    session,
    batches.flatMap(({ groupNotes = [] }) => groupNotes),
  );
}

async function saveInstances(session: Session, batches: readonly CommitBatch[]): Promise<void> {
  const items = batches.flatMap(({ tickMs, instances }) => (tickMs === null ? [] : instances));
  await session.runEach(
    `INSERT INTO nightjar.alert_instances (id, rule_uid, state_rank, changed_at_ms, body)
     SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[])
     ON CONFLICT (id) DO UPDATE SET rule_uid = excluded.rule_uid, state_rank = excluded.state_rank,
       changed_at_ms = excluded.changed_at_ms, body = excluded.body`,
    lastById(items).map((item) => [
      item.id,
      item.ruleUid,
      stateRank[item.alert.state],
      changedAtMs(item.alert),
      JSON.stringify(item),
    ]),
  );
}

async function saveEpisodes(session: Session, batches: readonly CommitBatch[]): Promise<void> {
  await session.runEach(
    `INSERT INTO nightjar.alert_episodes (id, rule_uid, fired_at_ms, resolved_at_ms, body)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
     ON CONFLICT (id) DO UPDATE SET fired_at_ms = excluded.fired_at_ms,
       resolved_at_ms = excluded.resolved_at_ms, body = excluded.body`,
    lastById(batches.flatMap(({ episodes }) => episodes)).map((item) => [
      item.id,
      item.ruleUid,
      item.firedAt,
      item.resolvedAt,
      JSON.stringify(item),
    ]),
  );
}

/** One statement may not write a row twice. */
function lastById<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
