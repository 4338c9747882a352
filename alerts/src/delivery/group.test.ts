import { expect, it } from 'vitest';
import { groupMembersMax } from '../../schema/index.ts';
import type { GroupPolicy, Notification, NotifyGroup } from '../../schema/index.ts';
import type { GroupNote } from '../ports.ts';
import { notificationOf } from '../store-contract/samples.ts';
import { flushGroup, takeNotes } from './group.ts';
import type { FlushContext } from './group.ts';

const policy: GroupPolicy = {
  waitMs: 1_000,
  intervalMs: 1_000,
  repeatMs: 4_900,
  maxListed: 20,
  sendResolved: true,
};
const nothingHeld = { isHeld: () => false, isAcked: () => false };

function noteOf(alertId: string, atMs: number, part: Partial<Notification> = {}): GroupNote {
  const notification = notificationOf({ dedupKey: alertId, ...part });
  return { scope: 'rule:r', labels: {}, channel: 'hook', policy, notification, atMs };
}
const ended = { transition: 'resolve' } as const;

/** Flushes whenever the group is due up to `untilMs`; returns [time, alerts told, ! when a repeat]. */
function play(
  notes: readonly GroupNote[],
  untilMs: number,
  holds: (nowMs: number) => Omit<FlushContext, 'nowMs'> = () => nothingHeld,
): [number, string][] {
  let group: NotifyGroup | undefined;
  const waiting = [...notes];
  const told: [number, string][] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
    const arrived = waiting.filter((it) => it.atMs <= nowMs);
    waiting.splice(0, arrived.length);
    if (arrived.length > 0) group = takeNotes(group, arrived);
    if (group === undefined || group.dueAt === null || group.dueAt > nowMs) continue;
    const flush = flushGroup(group, { nowMs, ...holds(nowMs) });
    group = flush.group ?? undefined;
    if (flush.told === undefined) continue;
    const names = flush.told.members.map(
      ({ notification: it }) =>
        `${it.transition === 'resolve' ? '-' : ''}${it.dedupKey}${it.isMissed ? '?' : ''}`,
    );
    told.push([nowMs, `${names.join(' ')}${flush.told.isRepeat ? '!' : ''}`]);
  }
  return told;
}

it('17: waits for company, tells changes on whole intervals, and repeats all', () => {
  const notes = [
    noteOf('a', 1_100),
    noteOf('b', 1_700),
    noteOf('c', 3_300),
    noteOf('d', 3_300),
    noteOf('e', 3_300),
  ];
  expect(play(notes, 10_000)).toEqual([
    [2_100, 'a b'],
    [4_100, 'a b c d e'],
    [9_100, 'a b c d e!'],
  ]);
});

it('tells ends once, forgets them, and is gone with the last', () => {
  const notes = [noteOf('a', 0), noteOf('b', 0), noteOf('a', 2_500, ended), noteOf('b', 5_000, ended)];
  expect(play(notes, 20_000)).toEqual([
    [1_000, 'a b'],
    [3_000, '-a b'],
    [5_000, '-b'],
  ]);
});

it('what began and ended while the group waited is told as missed, not dropped', () => {
  expect(play([noteOf('a', 0), noteOf('a', 500, ended)], 5_000)).toEqual([[1_000, '-a?']]);
});

it('says nothing of ends where they are not wanted', () => {
  const quiet = { ...policy, sendResolved: false, repeatMs: null };
  const notes = [noteOf('a', 0), noteOf('b', 0), noteOf('a', 2_500, ended), noteOf('b', 3_500, ended)];
  expect(
    play(
      notes.map((it) => ({ ...it, policy: quiet })),
      9_000,
    ),
  ).toEqual([[1_000, 'a b']]);
});

it('leaves out what is silenced, tells it when the silence ends, and still tells ends', () => {
  const notes = [noteOf('a', 0), noteOf('b', 0), noteOf('b', 6_500, ended)];
  const holds = (nowMs: number) => ({
    ...nothingHeld,
    isHeld: ({ dedupKey }: Notification) => dedupKey === 'a' && nowMs < 3_500,
  });
  expect(play(notes, 7_500, holds)).toEqual([
    [1_000, 'b'],
    [4_000, 'a b'],
    [7_000, 'a -b'],
  ]);
});

it('does not repeat when all that fires was acknowledged', () => {
  const acked = () => ({ ...nothingHeld, isAcked: ({ dedupKey }: Notification) => dedupKey === 'a' });
  expect(play([noteOf('a', 0)], 20_000, acked)).toEqual([[1_000, 'a']]);
  expect(play([noteOf('a', 0), noteOf('b', 0)], 7_000, acked)).toEqual([
    [1_000, 'a b'],
    [6_000, 'a b!'],
  ]);
});

it('never repeats when told never', () => {
  const once = { ...noteOf('a', 0), policy: { ...policy, repeatMs: null } };
  expect(play([once], 60_000)).toEqual([[1_000, 'a']]);
});

it('keeps a limited number of alerts and counts the rest', () => {
  const notes = Array.from({ length: groupMembersMax + 3 }, (_, index) => noteOf(`a${index}`, 0));
  const group = takeNotes(undefined, notes);
  expect(group.members).toHaveLength(groupMembersMax);
  expect(group.overflow).toBe(3);
});
