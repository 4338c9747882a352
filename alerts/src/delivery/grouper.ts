import type { Logger } from 'pino';
import type { AlertStore, Count, Now, OutboxRow, StoredGroup } from '../ports.ts';
import { flushGroup } from './group.ts';
import type { Flush, FlushContext } from './group.ts';
import { renderGroup } from './group-content.ts';
import { createSilenceClock } from './recurrence.ts';
import { mutingOf } from './silence.ts';

/** Groups flushed in one round; the rest waits for the next. */
export const groupsAtOnceMax = 200;

export interface GrouperOptions {
  readonly store: AlertStore;
  /** Those there are: what was gathered for others is let go. */
  readonly channels: readonly string[];
  readonly now: Now;
  readonly log: Logger;
  readonly count?: Count;
}

const nothing: Flush = { group: null, told: undefined };

/** Turns the changes that groups gathered into messages, when they are due. Several may run on one store. */
export interface Grouper {
  /** Returns the number of messages that went into the outbox. */
  flush(): Promise<number>;
}

export function createGrouper({
  store,
  channels,
  now,
  log,
  count = () => undefined,
}: GrouperOptions): Grouper {
  const isActive = createSilenceClock();

  return {
    flush: async () => {
      const nowMs = now();
      const due = await store.dueGroups(nowMs, groupsAtOnceMax);
      if (due.length === 0) return 0;
      const context = await contextAt(nowMs);
      let messages = 0;
      for (const stored of due) messages += await flushOne(stored, context);
      return messages;
    },
  };

  async function contextAt(nowMs: number): Promise<FlushContext> {
    const [silences, holds] = await Promise.all([store.listSilences(nowMs), store.listHolds(nowMs)]);
    const isMuted = mutingOf(silences.filter((silence) => isActive(silence, nowMs)));
    const byAlert = new Map(holds.map((hold) => [hold.alertId, hold]));
    return {
      nowMs,
      isHeld: (notification) => {
        const snoozed = byAlert.get(notification.dedupKey)?.snoozed;
        return (snoozed?.until ?? 0) > nowMs || isMuted(notification, 'news');
      },
      isAcked: ({ dedupKey, episodeId }) => byAlert.get(dedupKey)?.acked?.episodeId === episodeId,
    };
  }

  async function flushOne({ version, group }: StoredGroup, context: FlushContext): Promise<number> {
    const isGone = !channels.includes(group.channel);
    const { group: next, told } = isGone ? nothing : flushGroup(group, context);
    if (isGone) log.warn({ channel: group.channel }, 'a group of alerts is let go, its channel is gone');
    const outbox: OutboxRow[] = [];
    if (told !== undefined) {
      const isOpen = next?.members.some(({ isTold }) => isTold) ?? false;
      const notification = renderGroup({ ...told, group, isOpen, nowMs: context.nowMs });
      outbox.push({
        id: `${notification.eventId}:${group.channel}`,
        channel: group.channel,
        dedupKey: group.id,
        notification,
        createdAtMs: context.nowMs,
        notBeforeMs: context.nowMs,
        episodeIds: [...new Set(told.members.map((it) => it.notification.episodeId))],
      });
    }
    const flush = { id: group.id, expectedVersion: version, group: next, outbox };
    if ((await store.commitGroup(flush)) === 'superseded') {
      count('flushes_superseded', 1);
      return 0;
    }
    if (told === undefined) return 0;
    count('groups_flushed', 1);
    if (group.overflow > 0) {
      count('group_members_dropped', group.overflow);
      log.warn(
        { scope: group.scope, alerts: group.overflow },
        'a group of alerts is full, some are only counted',
      );
    }
    return outbox.length;
  }
}
