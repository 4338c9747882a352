import assert from 'node:assert/strict';
import type { AlertStore, GroupNote, StoredGroup } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, batchOf, notificationOf, rowOf } from './samples.ts';

const policy = { waitMs: 10, intervalMs: 60, repeatMs: null, maxListed: 20, sendResolved: true };

export const groupCases: readonly ContractCase[] = [
  {
    name: 'notes of a commit gather in one group a scope, labels and channel, which outlives the process',
    run: async ({ store, reopen }) => {
      const groupNotes = [
        noteOf('a'),
        noteOf('b'),
        noteOf('c', { channel: 'log' }),
        noteOf('d', { scope: 's' }),
      ];
      await store.commit(batchOf({ groupNotes }));
      const reopened = await reopen();
      const members = (await reopened.listGroups()).map(membersOf).sort();
      assert.deepEqual(members, ['a b', 'c', 'd']);
      await reopened.commit(batchOf({ expectedTickMs: at, groupNotes: [noteOf('e')] }));
      assert.deepEqual((await reopened.listGroups()).map(membersOf).sort(), ['a b e', 'c', 'd']);
    },
  },
  {
    name: 'a quiet note takes its alert out of the group',
    run: async ({ store, reopen }) => {
      await store.commit(batchOf({ groupNotes: [noteOf('a'), noteOf('b')] }));
      await store.commit(batchOf({ expectedTickMs: at, groupNotes: [noteOf('a', { isQuiet: true })] }));
      assert.deepEqual((await (await reopen()).listGroups()).map(membersOf), ['b']);
    },
  },
  {
    name: 'a refused commit leaves no note',
    run: async ({ store }) => {
      assert.equal(
        await store.commit(batchOf({ expectedTickMs: 1, groupNotes: [noteOf('a')] })),
        'superseded',
      );
      assert.deepEqual(await store.listGroups(), []);
    },
  },
  {
    name: 'only groups that are due are given, the longest due first, no more than asked for',
    run: async ({ store }) => {
      const groupNotes = [
        noteOf('late', { scope: 'late', atMs: at + 100 }),
        noteOf('b', { scope: 'b', atMs: at + 5 }),
        noteOf('a', { scope: 'a' }),
      ];
      await store.commit(batchOf({ groupNotes }));
      const due = async (nowMs: number, rowsMax = 10) =>
        (await store.dueGroups(nowMs, rowsMax)).map(membersOf);
      assert.deepEqual(await due(at + 9), []);
      assert.deepEqual(await due(at + 10), ['a']);
      assert.deepEqual(await due(at + 15), ['a', 'b']);
      assert.deepEqual(await due(at + 15, 1), ['a']);
    },
  },
  {
    name: 'a flush commits the group and its message together, once',
    run: async ({ store, reopen }) => {
      await store.commit(batchOf({ groupNotes: [noteOf('a')] }));
      const { version, group } = await onlyGroup(store, at + 10);
      const flush = {
        id: group.id,
        expectedVersion: version,
        group: { ...group, seq: 1, flushedAt: at + 10, anchorAt: at + 10, dueAt: null },
        outbox: [rowOf('message', { dedupKey: group.id })],
      };
      assert.equal(await store.commitGroup(flush), 'committed');
      assert.equal(await store.commitGroup(flush), 'superseded');
      const reopened = await reopen();
      assert.deepEqual(await reopened.dueGroups(at + 1_000_000, 10), []);
      assert.deepEqual((await reopened.listGroups())[0]?.group, flush.group);
      assert.equal((await reopened.outboxDepths())[0]?.pending, 1);
    },
  },
  {
    name: 'a group that took a note since it was read is not overwritten, and nothing is sent',
    run: async ({ store }) => {
      await store.commit(batchOf({ groupNotes: [noteOf('a')] }));
      const { version, group } = await onlyGroup(store, at + 10);
      await store.commit(batchOf({ expectedTickMs: at, groupNotes: [noteOf('b')] }));
      const flush = { id: group.id, expectedVersion: version, group: null, outbox: [rowOf('message')] };
      assert.equal(await store.commitGroup(flush), 'superseded');
      assert.deepEqual(await store.outboxDepths(), []);
      assert.deepEqual((await store.listGroups()).map(membersOf), ['a b']);
      const again = await onlyGroup(store, at + 10);
      assert.equal(await store.commitGroup({ ...flush, expectedVersion: again.version }), 'committed');
      assert.deepEqual(await store.listGroups(), []);
      assert.equal(
        await store.commitGroup({ ...flush, expectedVersion: again.version, outbox: [] }),
        'superseded',
      );
    },
  },
];

function noteOf(alertId: string, part: Partial<GroupNote> = {}): GroupNote {
  const notification = notificationOf({ dedupKey: alertId, eventId: `event-${alertId}` });
  return { scope: 'rule', labels: {}, channel: 'hook', policy, notification, atMs: at, ...part };
}

function membersOf({ group }: StoredGroup): string {
  return group.members.map(({ notification }) => notification.dedupKey).join(' ');
}

async function onlyGroup(store: AlertStore, nowMs: number): Promise<StoredGroup> {
  const [group, ...others] = await store.dueGroups(nowMs, 10);
  assert.ok(group !== undefined, 'no group is due');
  assert.equal(others.length, 0);
  return group;
}
