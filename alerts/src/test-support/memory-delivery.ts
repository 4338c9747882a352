import { endedAt, lastEndOf } from '../../schema/index.ts';
import type { AlertAction, AlertHold, Episode, Silence } from '../../schema/index.ts';
import { holdsOf } from '../delivery/holds.ts';
import { takeNotes } from '../delivery/group.ts';
import { groupId } from '../ids.ts';
import type { AlertStore, GroupNote, StoredGroup } from '../ports.ts';
import { actionsMax, groupsListedMax, holdsMax, silencesMax } from '../ports.ts';
import { copy, enqueue } from './memory-outbox.ts';
import type { OutboxData } from './memory-outbox.ts';

export interface DeliveryData extends OutboxData {
  episodes: Map<string, Episode>;
  silences: Map<string, Silence>;
  actions: Map<string, AlertAction>;
  groups: Map<string, StoredGroup>;
}

export function noteGroups(data: DeliveryData, notes: readonly GroupNote[]): void {
  for (const [id, own] of Map.groupBy(notes, groupId)) {
    const stored = data.groups.get(id);
    data.groups.set(id, { version: (stored?.version ?? 0) + 1, group: copy(takeNotes(stored?.group, own)) });
  }
}

export function groupsOf(data: DeliveryData): Pick<AlertStore, 'dueGroups' | 'commitGroup' | 'listGroups'> {
  return {
    dueGroups: async (nowMs, rowsMax) =>
      [...data.groups.values()]
        .filter(({ group }) => group.dueAt !== null && group.dueAt <= nowMs)
        .sort((a, b) => (a.group.dueAt ?? 0) - (b.group.dueAt ?? 0))
        .slice(0, rowsMax)
        .map(copy),
    commitGroup: async ({ id, expectedVersion, group, outbox }) => {
      if (data.groups.get(id)?.version !== expectedVersion) return 'superseded';
      if (group === null) data.groups.delete(id);
      else data.groups.set(id, { version: expectedVersion + 1, group: copy(group) });
      enqueue(data, outbox);
      return 'committed';
    },
    listGroups: async () =>
      [...data.groups.values()]
        .sort((a, b) => (a.group.id < b.group.id ? -1 : 1))
        .slice(0, groupsListedMax)
        .map(copy),
  };
}

export function actionsOf(
  data: DeliveryData,
): Pick<AlertStore, 'recordAction' | 'listActions' | 'listHolds'> {
  const isOpen = ({ episodeId }: AlertAction) =>
    episodeId !== null && data.episodes.get(episodeId)?.resolvedAt === null;
  return {
    recordAction: async (action) => {
      if (data.actions.has(action.id)) return 'known';
      const alike = [...data.actions.values()].filter(
        (it) => it.alertId === action.alertId && it.episodeId === action.episodeId,
      );
      if (alike.length >= actionsMax) return 'full';
      data.actions.set(action.id, copy(action));
      return 'recorded';
    },
    listActions: async ({ alertId, episodeId, fromMs, toMs, rowsMax }) =>
      [...data.actions.values()]
        .reverse()
        .filter((it) => alertId === undefined || it.alertId === alertId)
        .filter((it) => episodeId === undefined || it.episodeId === episodeId)
        .filter((it) => it.at >= (fromMs ?? -Infinity) && it.at < (toMs ?? Infinity))
        .sort((a, b) => b.at - a.at)
        .slice(0, rowsMax)
        .map(copy),
    listHolds: async (nowMs): Promise<AlertHold[]> =>
      holdsOf([...data.actions.values()].map(copy), { nowMs, isOpen }).slice(0, holdsMax),
  };
}

export function isPast(data: DeliveryData, { episodeId, at, until }: AlertAction, beforeMs: number): boolean {
  const isOpen = episodeId !== null && data.episodes.get(episodeId)?.resolvedAt === null;
  return !isOpen && at < beforeMs && (until ?? at) < beforeMs;
}

export function silencesOf(
  data: DeliveryData,
): Pick<AlertStore, 'saveSilence' | 'endSilence' | 'listSilences'> {
  const open = (afterMs: number) => [...data.silences.values()].filter((it) => lastEndOf(it) > afterMs);
  return {
    saveSilence: async (silence, nowMs) => {
      if (!data.silences.has(silence.id) && open(nowMs).length >= silencesMax) return 'full';
      data.silences.set(silence.id, copy(silence));
      return 'saved';
    },
    endSilence: async (id, atMs) => {
      const silence = data.silences.get(id);
      if (silence === undefined || lastEndOf(silence) <= atMs) return false;
      const ended = endedAt(silence, atMs);
      if (ended === undefined) data.silences.delete(id);
      else data.silences.set(id, ended);
      return true;
    },
    listSilences: async (endsAfterMs) =>
      open(endsAfterMs)
        .sort((a, b) => a.startsAt - b.startsAt)
        .slice(0, silencesMax)
        .map(copy),
  };
}
