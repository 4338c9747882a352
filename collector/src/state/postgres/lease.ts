import type { CommitBatch, LeaseRequest } from '@nightjar/alerts';
import type { Session } from './database.ts';

/** The database's own clock, so that collectors need not agree on theirs; tests hand in another. */
const nowSql = `coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

export type LeaseClock = (() => number) | undefined;

export async function takeLease(
  session: Session,
  { holder, leaseMs }: LeaseRequest,
  clock: LeaseClock,
): Promise<number | undefined> {
  const row = await session.get(
    `UPDATE nightjar.alert_lease
     SET epoch = epoch + CASE WHEN holder = $2 THEN 0 ELSE 1 END, holder = $2, until_ms = ${nowSql} + $3::bigint
     WHERE holder IS NULL OR holder = $2 OR until_ms <= ${nowSql}
     RETURNING epoch`,
    [clock?.() ?? null, holder, leaseMs],
  );
  return row === undefined ? undefined : Number(row['epoch']);
}

export async function giveLeaseBack(session: Session, holder: string): Promise<void> {
  await session.run('UPDATE nightjar.alert_lease SET holder = NULL, until_ms = 0 WHERE holder = $1', [
    holder,
  ]);
}

/**
 * Whether the batch may still be committed. The shared lock keeps the epoch as it is to the end of the transaction: who
 * takes the lease meanwhile waits for this commit, and sees it.
 */
export async function fenceOf(
  session: Session,
  batches: readonly CommitBatch[],
): Promise<(batch: CommitBatch) => boolean> {
  if (batches.every(({ epoch }) => epoch === undefined)) return () => true;
  const row = await session.get('SELECT epoch FROM nightjar.alert_lease FOR SHARE');
  const current = Number(row?.['epoch']);
  return ({ epoch }) => epoch === undefined || epoch === current;
}
