import type { AlertStore, ClaimedRow, Count, WaitingRow } from '../ports.ts';
import { coalesce } from './coalesce.ts';
import type { Enrich } from './enrich.ts';

export interface Preparation {
  readonly store: AlertStore;
  readonly enrich: Enrich | undefined;
  readonly nowMs: number;
  readonly count: Count;
}

export type Prepared =
  | { readonly kind: 'ready'; readonly row: ClaimedRow }
  /** A later row of the lane tells of it; that is the next to be claimed. */
  | { readonly kind: 'absorbed' }
  | { readonly kind: 'lease_lost' };

/**
 * Everything that may change a message comes before its first attempt and is stored before it: messages of the lane that
 * have become one, and evidence. From then on the bytes are the same on every attempt.
 */
export async function prepareRow(claimed: ClaimedRow, preparation: Preparation): Promise<Prepared> {
  const merged = await mergeLane(claimed, preparation);
  if (merged.kind !== 'ready') return merged;
  const { store, enrich, nowMs } = preparation;
  const { row } = merged;
  if (enrich === undefined || row.attempt > 1) return merged;
  const notification = await enrich(row.notification);
  if (notification === undefined) return merged;
  const { id, lease } = row;
  const isHeld = await store.rewrite({ id, lease, atMs: nowMs, kept: { id, notification }, absorbedIds: [] });
  return isHeld ? { kind: 'ready', row: { ...row, notification } } : { kind: 'lease_lost' };
}

async function mergeLane(claimed: ClaimedRow, { store, nowMs, count }: Preparation): Promise<Prepared> {
  const { id, lease } = claimed;
  let lane: WaitingRow[] = [{ id, notification: claimed.notification }, ...claimed.behind];
  // Each round takes at least one row out of the lane.
  for (let merge = coalesce(lane); merge !== undefined; merge = coalesce(lane)) {
    const { kept, absorbedIds } = merge;
    if (!(await store.rewrite({ id, lease, atMs: nowMs, kept, absorbedIds }))) return { kind: 'lease_lost' };
    count('deliveries_absorbed', absorbedIds.length);
    if (absorbedIds.includes(id)) return { kind: 'absorbed' };
    lane = lane
      .filter((row) => !absorbedIds.includes(row.id))
      .map((row) => (row.id === kept.id ? kept : row));
  }
  return { kind: 'ready', row: claimed };
}
