import { expect, it } from 'vitest';
import type { Notification } from '../../schema/index.ts';
import type { WaitingRow } from '../ports.ts';
import { at, notificationOf } from '../store-contract/samples.ts';
import { coalesce } from './coalesce.ts';
import { withText } from './message-text.ts';

/** `t1` trigger of episode 1, `p1` repeat, `r1` resolve, `m1` one that nobody heard of. */
function rowOf(code: string, index: number): WaitingRow {
  const transition = { t: 'trigger', p: 'repeat', r: 'resolve', m: 'resolve' }[code[0] ?? ''] ?? 'trigger';
  const part: Partial<Notification> = {
    episodeId: `e${code[1] ?? ''}`,
    transition: transition as Notification['transition'],
    isMissed: code.startsWith('m'),
  };
  return { id: `${code}#${index}`, notification: withText(notificationOf(part)) };
}

/** What is left of a lane, each with ? when it is told as missed. */
function left(lane: string): string {
  let rows = lane.split(' ').map(rowOf);
  for (let merge = coalesce(rows); merge !== undefined; merge = coalesce(rows)) {
    const { kept, absorbedIds } = merge;
    rows = rows.filter(({ id }) => !absorbedIds.includes(id)).map((it) => (it.id === kept.id ? kept : it));
  }
  return rows
    .map(({ id, notification }) => `${id.split('#')[0] ?? ''}${notification.isMissed ? '?' : ''}`)
    .join(' ');
}

it.each([
  ['t1', 't1'],
  ['r1', 'r1'],
  ['t1 r1', 'r1?'],
  ['t1 p1 p1', 't1'],
  ['p1 p1 p1', 'p1'],
  ['p1 r1', 'r1'],
  ['t1 p1 r1', 'r1?'],
  ['r1 t2', 'r1 t2'],
  ['r1 t2 r2', 'r1 r2?'],
  ['t1 r1 t2 r2 t3', 'r2? t3'],
  ['t1 r1 t2 r2 t3 r3', 'r3?'],
  ['m1 t2', 'm1? t2'],
])('%s becomes %s', (lane, expected) => {
  expect(left(lane)).toBe(expected);
});

it('counts the episodes that one message tells of', () => {
  const merge = coalesce([rowOf('m1', 0), rowOf('m2', 1)]);
  const note = 'It fired and ended 2 times while it could not be delivered; this is the only message.';
  expect(merge?.kept.notification.notes).toEqual([note]);
  expect(merge?.kept.notification.text.split('\n').filter((line) => line === note)).toHaveLength(1);
  const again = coalesce([merge?.kept ?? rowOf('m1', 0), rowOf('m3', 2)]);
  expect(again?.kept.notification.notes[0]).toContain('3 times');
});

it('messages of a group become the later one, with the ends that only the earlier told of', () => {
  const { text: _text, evidence: _e, notes: _n, seq: _s, group: _g, ...alert } = notificationOf();
  const ended = { transition: 'resolve' as const, resolvedAt: at };
  const listOf = (...alerts: (typeof alert)[]) => ({
    labels: {},
    firing: alerts.filter(({ transition }) => transition !== 'resolve').length,
    resolved: alerts.filter(({ transition }) => transition === 'resolve').length,
    alerts,
    unlisted: 0,
  });
  const one = (dedupKey: string, part = {}) => ({ ...alert, dedupKey, title: `alert ${dedupKey}`, ...part });
  const first = notificationOf({ seq: 1, group: listOf(one('a'), one('b'), one('z', ended)) });
  const second = notificationOf({ seq: 2, group: listOf(one('b'), one('c'), one('a', ended)) });
  const merge = coalesce([
    { id: '1', notification: first },
    { id: '2', notification: second },
  ]);
  expect(merge?.absorbedIds).toEqual(['1']);
  const { group, text } = merge?.kept.notification ?? first;
  expect(group?.alerts.map((it) => `${it.dedupKey} ${it.transition}${it.isMissed ? ' missed' : ''}`)).toEqual(
    ['b trigger', 'c trigger', 'a resolve missed', 'z resolve'],
  );
  expect(group).toMatchObject({ firing: 2, resolved: 2, unlisted: 0 });
  expect(text).toContain('Ended: alert z');
});
