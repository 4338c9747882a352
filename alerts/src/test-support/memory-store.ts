import { lastEndOf } from '../../schema/index.ts';
import type { AlertState, Instance } from '../../schema/index.ts';
import type { AlertStore } from '../ports.ts';
import { copy, enqueue, isOpen, outboxOf } from './memory-outbox.ts';
import { actionsOf, groupsOf, isPast, noteGroups, silencesOf } from './memory-delivery.ts';
import type { DeliveryData } from './memory-delivery.ts';

export interface MemoryData extends DeliveryData {
  ticks: Map<string, number>;
  instances: Map<string, Instance>;
  lease: { epoch: number; holder: string | null; untilMs: number };
}

export function emptyData(): MemoryData {
  return {
    ticks: new Map(),
    instances: new Map(),
    lease: { epoch: 0, holder: null, untilMs: 0 },
    episodes: new Map(),
    outbox: new Map(),
    silences: new Map(),
    actions: new Map(),
    groups: new Map(),
  };
}

const stateOrder: readonly AlertState[] = ['firing', 'recovering', 'pending', 'inactive'];

/** For tests only: the data outlives the store, as a disk would. */
export function createMemoryStore(data: MemoryData, now: () => number = Date.now): AlertStore {
  return {
    ...leaseOf(data, now),
    ...stateOf(data),
    ...historyOf(data),
    ...outboxOf(data),
    ...groupsOf(data),
    ...actionsOf(data),
    ...silencesOf(data),
    close: async () => undefined,
  };
}

function leaseOf(data: MemoryData, now: () => number): Required<Pick<AlertStore, 'lead' | 'resign'>> {
  const { lease } = data;
  return {
    lead: async ({ holder, leaseMs }) => {
      const isOwn = lease.holder === holder;
      if (!isOwn && lease.holder !== null && lease.untilMs > now()) return undefined;
      Object.assign(lease, { epoch: lease.epoch + (isOwn ? 0 : 1), holder, untilMs: now() + leaseMs });
      return lease.epoch;
    },
    resign: async (holder) => {
      if (lease.holder === holder) lease.holder = null;
    },
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
      if (given.epoch !== undefined && given.epoch !== data.lease.epoch) return 'superseded';
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
      noteGroups(data, batch.groupNotes ?? []);
      return 'committed';
    },
  };
}

function historyOf(
  data: MemoryData,
): Pick<AlertStore, 'listAlerts' | 'listEpisodes' | 'findAlert' | 'findEpisode' | 'prune'> {
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
    findAlert: async (id) => copy(data.instances.get(id)?.alert),
    findEpisode: async (id) => copy(data.episodes.get(id)),
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
      const silences = [...data.silences.values()].filter((it) => lastEndOf(it) < beforeMs);
      for (const { id } of silences) data.silences.delete(id);
      const actions = [...data.actions.values()].filter((it) => isPast(data, it, beforeMs));
      for (const { id } of actions) data.actions.delete(id);
      return rows.length + ended.length + silences.length + actions.length;
    },
  };
}
