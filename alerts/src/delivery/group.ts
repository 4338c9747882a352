// Promise: pure. A group of alerts on one channel takes changes in and says, when it is due, what to tell of them.
import { groupMembersMax } from '../../schema/index.ts';
import type { GroupMember, Notification, NotifyGroup } from '../../schema/index.ts';
import type { GroupNote } from '../ports.ts';
import { groupId } from '../ids.ts';

/** The group after the notes, which are all of that group. */
export function takeNotes(stored: NotifyGroup | undefined, notes: readonly GroupNote[]): NotifyGroup {
  const [first] = notes;
  if (first === undefined) throw new Error('no note to take');
  let group = stored ?? newGroup(first);
  const members = new Map(group.members.map((it) => [it.notification.dedupKey, it]));
  let { overflow } = group;
  for (const { notification, isQuiet } of notes) {
    const known = members.get(notification.dedupKey);
    if (isQuiet === true) members.delete(notification.dedupKey);
    else if (known === undefined && members.size >= groupMembersMax) overflow += 1;
    else members.set(notification.dedupKey, { notification: merged(known, notification), isTold: false });
  }
  const { policy } = notes.at(-1) ?? first;
  group = { ...group, policy, members: [...members.values()], overflow };
  const changeAt = nextFlushAt(group, first.atMs);
  return { ...group, dueAt: group.dueAt === null ? changeAt : Math.min(group.dueAt, changeAt) };
}

export interface FlushContext {
  readonly nowMs: number;
  /** Silenced, snoozed or inhibited now: not to be told of. */
  readonly isHeld: (notification: Notification) => boolean;
  /** Acknowledged: no reminders of it. */
  readonly isAcked: (notification: Notification) => boolean;
}

export interface Flush {
  /** Null: nothing is left of it. */
  readonly group: NotifyGroup | null;
  /** What the message tells of; undefined when nothing is to be said. */
  readonly told: { readonly members: readonly GroupMember[]; readonly isRepeat: boolean } | undefined;
}

export function flushGroup(group: NotifyGroup, context: FlushContext): Flush {
  const { nowMs } = context;
  const shown = group.members.filter((it) => isShown(it, group, context));
  const firing = shown.filter(isFiring);
  const hasNews = shown.some((it) => !it.isTold);
  const isRepeat =
    !hasNews && isRepeatDue(group, nowMs) && firing.some((it) => !context.isAcked(it.notification));
  // A resolve is told now or never; so is the end of what nobody heard of.
  const kept = group.members.filter(isFiring);
  if (!hasNews && !isRepeat) {
    if (kept.length === 0) return { group: null, told: undefined };
    return {
      group: { ...group, members: kept, dueAt: idleUntil({ ...group, members: kept }, nowMs) },
      told: undefined,
    };
  }
  const told = { members: shown, isRepeat };
  if (kept.length === 0) return { group: null, told };
  const names = new Set(firing.map((it) => it.notification.dedupKey));
  const members = kept.map((it) => (names.has(it.notification.dedupKey) ? { ...it, isTold: true } : it));
  const anchorAt = group.anchorAt ?? nowMs;
  const next = { ...group, members, overflow: 0, anchorAt, flushedAt: nowMs, seq: group.seq + 1 };
  return { group: { ...next, dueAt: idleUntil(next, nowMs) }, told };
}

export function isFiring({ notification }: GroupMember): boolean {
  return notification.transition !== 'resolve';
}

function newGroup({ scope, labels, channel, policy, atMs }: GroupNote): NotifyGroup {
  const id = groupId({ scope, labels, channel });
  const timing = { anchorAt: null, flushedAt: null, dueAt: atMs + policy.waitMs };
  return { id, scope, labels, channel, policy, members: [], overflow: 0, ...timing, seq: 0 };
}

/** An alert that ended before the group told of it is told as one that nobody heard of, not left out. */
function merged(known: GroupMember | undefined, notification: Notification): Notification {
  if (notification.transition !== 'resolve' || known === undefined) return notification;
  const isMissed = isFiring(known) && !known.isTold;
  return isMissed ? { ...notification, isMissed } : notification;
}

function isShown(member: GroupMember, { policy }: NotifyGroup, context: FlushContext): boolean {
  if (isFiring(member)) return !context.isHeld(member.notification);
  // The end of what was told passes silences: it was held back before the group if it was to be.
  return policy.sendResolved && !(member.notification.isMissed && context.isHeld(member.notification));
}

function isRepeatDue({ policy, flushedAt }: NotifyGroup, nowMs: number): boolean {
  return policy.repeatMs !== null && flushedAt !== null && nowMs >= flushedAt + policy.repeatMs;
}

/** The first flush waits for company, later ones fall on whole intervals after it. */
function nextFlushAt(group: NotifyGroup, fromMs: number): number {
  const { anchorAt, flushedAt, dueAt, policy } = group;
  if (anchorAt === null || flushedAt === null) return dueAt ?? fromMs + policy.waitMs;
  const at = onGrid(anchorAt, policy.intervalMs, fromMs);
  return at > flushedAt ? at : at + policy.intervalMs;
}

function idleUntil(group: NotifyGroup, nowMs: number): number | null {
  const { anchorAt, flushedAt, policy, members } = group;
  const anchor = anchorAt ?? nowMs;
  // Held back: it is offered again until it is told or ends.
  if (members.some((it) => !it.isTold)) return onGrid(anchor, policy.intervalMs, nowMs + 1);
  if (policy.repeatMs === null || flushedAt === null) return null;
  return onGrid(anchor, policy.intervalMs, Math.max(flushedAt + policy.repeatMs, nowMs + 1));
}

function onGrid(anchorMs: number, stepMs: number, fromMs: number): number {
  return anchorMs + Math.max(0, Math.ceil((fromMs - anchorMs) / stepMs)) * stepMs;
}
