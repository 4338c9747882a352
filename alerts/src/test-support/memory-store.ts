import { randomUUID } from 'node:crypto';
import type { AlertState, Episode, Instance, Silence } from '../../schema/index.ts';
import type { AlertStore, ClaimedRow, OutboxDepth, OutboxRow } from '../ports.ts';
import { outboxPendingMax, silencesMax } from '../ports.ts';

interface Kept {
  readonly row: OutboxRow;
  status: 'open' | 'delivered' | 'dead';
  attempt: number;
  notBeforeMs: number;
  lease: string | null;
  leaseEndsMs: number;
  settledAtMs: number;
}

export interface MemoryData {
  ticks: Map<string, number>;
  instances: Map<string, Instance>;
  episodes: Map<string, Episode>;
  outbox: Map<string, Kept>;
  silences: Map<string, Silence>;
}

export function emptyData(): MemoryData {
  return {
    ticks: new Map(),
    instances: new Map(),
    episodes: new Map(),
    outbox: new Map(),
    silences: new Map(),
  };
}

const stateOrder: readonly AlertState[] = ['firing', 'recovering', 'pending', 'inactive'];

/** For tests only: the data outlives the store, as a disk would. */
export function createMemoryStore(data: MemoryData): AlertStore {
  return {
    ...stateOf(data),
    ...historyOf(data),
    ...outboxOf(data),
    ...silencesOf(data),
    close: async () => undefined,
  };
}

function stateOf(data: MemoryData): Pick<AlertStore, 'load' | 'ruleUids' | 'commit'> {
  return {
    load: async (ruleUid) => {
      const tickMs = data.ticks.get(ruleUid);
      if (tickMs === undefined) return undefined;
      const instances = [...data.instances.values()].filter((it) => it.ruleUid === ruleUid);
      return { tickMs, instances: copy(instances) };
    },
    ruleUids: async () => [...data.ticks.keys()],
    commit: async (given) => {
      if ((data.ticks.get(given.ruleUid) ?? null) !== given.expectedTickMs) return 'superseded';
      const batch = copy(given);
      if (batch.tickMs === null) {
        data.ticks.delete(batch.ruleUid);
        for (const [id, it] of data.instances) if (it.ruleUid === batch.ruleUid) data.instances.delete(id);
      } else {
        data.ticks.set(batch.ruleUid, batch.tickMs);
        for (const it of batch.instances) data.instances.set(it.id, it);
      }
      for (const id of batch.removedIds) data.instances.delete(id);
      for (const it of batch.episodes) data.episodes.set(it.id, it);
      enqueue(data, batch.outbox);
      return 'committed';
    },
  };
}

function historyOf(data: MemoryData): Pick<AlertStore, 'listAlerts' | 'listEpisodes' | 'prune'> {
  return {
    listAlerts: async ({ states, rowsMax }) =>
      [...data.instances.values()]
        .map(({ alert }) => copy(alert))
        .filter(({ state }) => states === undefined || states.includes(state))
        .sort(
          (a, b) =>
            stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) ||
            Math.max(b.firedAt ?? 0, b.activeAt ?? 0, b.resolvedAt ?? 0) -
              Math.max(a.firedAt ?? 0, a.activeAt ?? 0, a.resolvedAt ?? 0),
        )
        .slice(0, rowsMax),
    listEpisodes: async ({ fromMs, toMs, rowsMax, ruleUid }) =>
      [...data.episodes.values()]
        .filter((it) => it.firedAt < toMs && (it.resolvedAt === null || it.resolvedAt >= fromMs))
        .filter((it) => ruleUid === undefined || it.ruleUid === ruleUid)
        .sort((a, b) => b.firedAt - a.firedAt)
        .slice(0, rowsMax)
        .map(copy),
    prune: async (beforeMs) => {
      const rows = [...data.outbox].filter(([, it]) => !isOpen(it) && it.settledAtMs < beforeMs);
      const ended = [...data.episodes].filter(([, it]) => it.resolvedAt !== null && it.resolvedAt < beforeMs);
      for (const [id] of rows) data.outbox.delete(id);
      for (const [id] of ended) data.episodes.delete(id);
      const silences = [...data.silences.values()].filter(({ endsAt }) => endsAt < beforeMs);
      for (const { id } of silences) data.silences.delete(id);
      return rows.length + ended.length + silences.length;
    },
  };
}

function outboxOf(data: MemoryData): Pick<AlertStore, 'claim' | 'settle' | 'outboxDepths'> {
  return {
    claim: async ({ channel, nowMs, rowsMax, leaseMs }) => {
      const lanes = new Map<string, Kept>();
      for (const kept of data.outbox.values()) {
        const { dedupKey } = kept.row;
        if (isOpen(kept) && kept.row.channel === channel && !lanes.has(dedupKey)) lanes.set(dedupKey, kept);
      }
      const due = [...lanes.values()].filter((it) => it.notBeforeMs <= nowMs && it.leaseEndsMs <= nowMs);
      return due.slice(0, rowsMax).map((kept): ClaimedRow => {
        kept.attempt += 1;
        kept.leaseEndsMs = nowMs + leaseMs;
        const lease = randomUUID();
        kept.lease = lease;
        return { ...copy(kept.row), attempt: kept.attempt, lease };
      });
    },
    settle: async (settlement) => {
      const kept = data.outbox.get(settlement.id);
      if (kept === undefined || !isOpen(kept) || kept.lease !== settlement.lease) return false;
      kept.lease = null;
      kept.leaseEndsMs = 0;
      kept.settledAtMs = settlement.atMs;
      if (settlement.kind === 'retry') kept.notBeforeMs = settlement.notBeforeMs;
      else kept.status = settlement.kind;
      if (settlement.kind === 'dead') enqueue(data, settlement.followUp);
      return true;
    },
    outboxDepths: async () => depthsOf([...data.outbox.values()]),
  };
}

function silencesOf(data: MemoryData): Pick<AlertStore, 'saveSilence' | 'endSilence' | 'listSilences'> {
  const open = (afterMs: number) => [...data.silences.values()].filter(({ endsAt }) => endsAt > afterMs);
  return {
    saveSilence: async (silence, nowMs) => {
      if (!data.silences.has(silence.id) && open(nowMs).length >= silencesMax) return 'full';
      data.silences.set(silence.id, copy(silence));
      return 'saved';
    },
    endSilence: async (id, atMs) => {
      const silence = data.silences.get(id);
      if (silence === undefined || silence.endsAt <= atMs) return false;
      if (silence.startsAt >= atMs) data.silences.delete(id);
      else data.silences.set(id, { ...silence, endsAt: atMs });
      return true;
    },
    listSilences: async (endsAfterMs) =>
      open(endsAfterMs)
        .sort((a, b) => a.startsAt - b.startsAt)
        .slice(0, silencesMax)
        .map(copy),
  };
}

function isOpen(kept: Kept): boolean {
  return kept.status === 'open';
}

function enqueue(data: MemoryData, rows: readonly OutboxRow[]): void {
  const openCounts = new Map<string, number>();
  for (const it of data.outbox.values())
    if (isOpen(it)) openCounts.set(it.row.channel, (openCounts.get(it.row.channel) ?? 0) + 1);
  for (const row of rows) {
    if (data.outbox.has(row.id)) continue;
    const openCount = openCounts.get(row.channel) ?? 0;
    const status = openCount >= outboxPendingMax ? 'dead' : 'open';
    if (status === 'open') openCounts.set(row.channel, openCount + 1);
    const { notBeforeMs, createdAtMs } = row;
    const fresh = { attempt: 0, lease: null, leaseEndsMs: 0, settledAtMs: createdAtMs };
    data.outbox.set(row.id, { row: copy(row), status, notBeforeMs, ...fresh });
  }
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

// Through JSON, as a real store would: what JSON cannot hold fails here as it fails there.
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
