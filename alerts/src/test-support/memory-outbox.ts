import { randomUUID } from 'node:crypto';
import type { AlertStore, ClaimedRow, Delivery, OutboxDepth, OutboxRow } from '../ports.ts';
import { laneRowsMax, outboxPendingMax } from '../ports.ts';

export interface Kept {
  readonly row: OutboxRow;
  notification: OutboxRow['notification'];
  status: 'open' | 'delivered' | 'dead' | 'absorbed';
  attempt: number;
  notBeforeMs: number;
  lease: string | null;
  leaseEndsMs: number;
  settledAtMs: number;
  reason: string | null;
}

export interface OutboxData {
  outbox: Map<string, Kept>;
}

export function outboxOf(
  data: OutboxData,
): Pick<AlertStore, 'claim' | 'settle' | 'outboxDepths' | 'enqueue' | 'rewrite' | 'listDeliveries'> {
  return {
    claim: async ({ channel, nowMs, rowsMax, leaseMs }) => {
      const lanes = new Map<string, Kept[]>();
      for (const kept of data.outbox.values()) {
        const { dedupKey } = kept.row;
        if (!isOpen(kept) || kept.row.channel !== channel) continue;
        lanes.set(dedupKey, [...(lanes.get(dedupKey) ?? []), kept]);
      }
      const due = [...lanes.values()].filter(
        ([first]) => first !== undefined && first.notBeforeMs <= nowMs && first.leaseEndsMs <= nowMs,
      );
      return due.slice(0, rowsMax).flatMap(([kept, ...behind]): ClaimedRow[] => {
        if (kept === undefined) return [];
        kept.attempt += 1;
        kept.leaseEndsMs = nowMs + leaseMs;
        const lease = randomUUID();
        kept.lease = lease;
        const waiting = behind
          .slice(0, laneRowsMax)
          .map(({ row, notification }) => ({ id: row.id, notification: copy(notification) }));
        return [{ ...claimedOf(kept), attempt: kept.attempt, lease, behind: waiting }];
      });
    },
    settle: async (settlement) => {
      const kept = held(data, settlement);
      if (kept === undefined) return false;
      kept.lease = null;
      kept.leaseEndsMs = 0;
      kept.settledAtMs = settlement.atMs;
      kept.reason = settlement.kind === 'delivered' ? null : settlement.reason;
      if (settlement.kind === 'retry') kept.notBeforeMs = settlement.notBeforeMs;
      else kept.status = settlement.kind;
      if (settlement.kind === 'dead') enqueue(data, settlement.followUp);
      return true;
    },
    rewrite: async (rewrite) => {
      const head = held(data, rewrite);
      const kept = data.outbox.get(rewrite.kept.id);
      if (head === undefined || kept === undefined || !isOpen(kept)) return false;
      kept.notification = copy(rewrite.kept.notification);
      for (const id of rewrite.absorbedIds) {
        const absorbed = data.outbox.get(id);
        if (absorbed === undefined || !isOpen(absorbed)) continue;
        Object.assign(absorbed, {
          status: 'absorbed',
          settledAtMs: rewrite.atMs,
          lease: null,
          leaseEndsMs: 0,
        });
      }
      return true;
    },
    enqueue: async (rows) => enqueue(data, rows),
    listDeliveries: async ({ episodeId, channel, status, rowsMax }) =>
      [...data.outbox.values()]
        .reverse()
        .filter((it) => episodeId === undefined || episodesOf(it.row).includes(episodeId))
        .filter((it) => channel === undefined || it.row.channel === channel)
        .map(deliveryOf)
        .filter((it) => status === undefined || it.status === status)
        .slice(0, rowsMax),
    outboxDepths: async () => depthsOf([...data.outbox.values()]),
  };
}

export function isOpen(kept: Kept): boolean {
  return kept.status === 'open';
}

export function enqueue(data: OutboxData, rows: readonly OutboxRow[]): void {
  const openCounts = new Map<string, number>();
  for (const it of data.outbox.values())
    if (isOpen(it)) openCounts.set(it.row.channel, (openCounts.get(it.row.channel) ?? 0) + 1);
  for (const row of rows) {
    if (data.outbox.has(row.id)) continue;
    const openCount = openCounts.get(row.channel) ?? 0;
    const status = openCount >= outboxPendingMax ? 'dead' : 'open';
    if (status === 'open') openCounts.set(row.channel, openCount + 1);
    const { notBeforeMs, createdAtMs } = row;
    const reason = status === 'dead' ? 'outbox_full' : null;
    const fresh = { attempt: 0, lease: null, leaseEndsMs: 0, settledAtMs: createdAtMs, reason };
    const stored = copy(row);
    data.outbox.set(row.id, {
      row: stored,
      notification: stored.notification,
      status,
      notBeforeMs,
      ...fresh,
    });
  }
}

// Through JSON, as a real store would: what JSON cannot hold fails here as it fails there.
export function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function held(data: OutboxData, claim: { readonly id: string; readonly lease: string }): Kept | undefined {
  const kept = data.outbox.get(claim.id);
  return kept !== undefined && isOpen(kept) && kept.lease === claim.lease ? kept : undefined;
}

function claimedOf(kept: Kept): OutboxRow {
  const { episodeIds: _episodeIds, ...row } = copy(kept.row);
  return { ...row, notification: copy(kept.notification), notBeforeMs: kept.notBeforeMs };
}

function episodesOf({ episodeIds, notification }: OutboxRow): readonly string[] {
  return episodeIds ?? [notification.episodeId];
}

function deliveryOf(kept: Kept): Delivery {
  const { id, channel, createdAtMs } = kept.row;
  return {
    id,
    channel,
    createdAtMs,
    status: isOpen(kept) ? 'pending' : kept.status === 'open' ? 'pending' : kept.status,
    attempts: kept.attempt,
    reason: kept.reason,
    notBeforeMs: kept.notBeforeMs,
    settledAtMs: isOpen(kept) ? null : kept.settledAtMs,
    notification: copy(kept.notification),
  };
}

function depthsOf(rows: readonly Kept[]): OutboxDepth[] {
  return [...new Set(rows.map(({ row }) => row.channel))]
    .map((channel): OutboxDepth => {
      const own = rows.filter(({ row }) => row.channel === channel);
      const open = own.filter(({ status }) => status === 'open');
      return {
        channel,
        pending: open.length,
        dead: own.filter(({ status }) => status === 'dead').length,
        oldestPendingMs: open.length === 0 ? null : Math.min(...open.map(({ row }) => row.createdAtMs)),
      };
    })
    .filter(({ pending, dead }) => pending + dead > 0);
}
