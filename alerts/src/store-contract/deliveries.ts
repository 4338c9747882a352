import assert from 'node:assert/strict';
import type { AlertStore, ClaimedRow } from '../ports.ts';
import { laneRowsMax } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, notificationOf, rowOf } from './samples.ts';

const request = { channel: 'hook', nowMs: at, rowsMax: 10, leaseMs: 1_000 };

export const deliveryCases: readonly ContractCase[] = [
  {
    name: 'a claimed row comes with those behind it in its lane, oldest first, up to the limit',
    run: async ({ store }) => {
      const rows = Array.from({ length: laneRowsMax + 3 }, (_, index) => rowOf(`e${index}`));
      await store.enqueue([...rows, rowOf('lane2', { dedupKey: 'b' }), rowOf('away', { channel: 'log' })]);
      const [first, second] = await store.claim(request);
      assert.deepEqual(
        first?.behind.map(({ id }) => id),
        rows.slice(1, laneRowsMax + 1).map(({ id }) => id),
      );
      assert.deepEqual(first?.behind[0]?.notification, rows[1]?.notification);
      assert.deepEqual(second?.behind, []);
    },
  },
  {
    name: 'a rewrite settles what is absorbed and gives the kept row its new body for good',
    run: async ({ store, reopen }) => {
      await store.enqueue([rowOf('trigger'), rowOf('repeat'), rowOf('resolve'), rowOf('next')]);
      const { id, lease } = await claimOne(store);
      const notification = notificationOf({ eventId: 'resolve', title: 'fired and ended' });
      const rewrite = {
        id,
        lease,
        atMs: at + 1,
        kept: { id: 'resolve:hook', notification },
        absorbedIds: [id, 'repeat:hook'],
      };
      assert.equal(await store.rewrite(rewrite), true);
      assert.equal(await store.rewrite(rewrite), false);
      const reopened = await reopen();
      const claimed = await claimOne(reopened);
      assert.equal(claimed.id, 'resolve:hook');
      assert.equal(claimed.attempt, 1);
      assert.deepEqual(claimed.notification, notification);
      assert.deepEqual(statuses(await reopened.listDeliveries({ rowsMax: 10 })), {
        'trigger:hook': 'absorbed',
        'repeat:hook': 'absorbed',
        'resolve:hook': 'pending',
        'next:hook': 'pending',
      });
      assert.deepEqual(await reopened.outboxDepths(), [
        { channel: 'hook', pending: 2, dead: 0, oldestPendingMs: at },
      ]);
    },
  },
  {
    name: 'a rewrite of the claimed row itself keeps its lease',
    run: async ({ store }) => {
      await store.enqueue([rowOf('trigger')]);
      const { id, lease } = await claimOne(store);
      const notification = notificationOf({ eventId: 'trigger', text: 'with evidence' });
      const rewrite = { id, lease, atMs: at, kept: { id, notification }, absorbedIds: [] };
      assert.equal(await store.rewrite(rewrite), true);
      assert.equal(await store.rewrite({ ...rewrite, lease: 'another' }), false);
      assert.equal(await store.settle({ id, lease, atMs: at, kind: 'delivered' }), true);
      const [delivered] = await store.listDeliveries({ rowsMax: 1 });
      assert.equal(delivered?.notification.text, 'with evidence');
    },
  },
  {
    name: 'deliveries tell what became of each message, by episode, channel and status',
    run: async ({ store }) => {
      await store.enqueue([
        rowOf('one'),
        rowOf('two', { channel: 'log', episodeIds: ['x', 'y'] }),
        rowOf('three', { dedupKey: 'c', notification: notificationOf({ episodeId: 'z' }) }),
      ]);
      const { id, lease } = await claimOne(store, 1);
      const reason = 'status 503';
      await store.settle({ id, lease, atMs: at + 5, kind: 'retry', notBeforeMs: at + 9, reason });
      const [mine, ...others] = await store.listDeliveries({ rowsMax: 9, episodeId: 'e' });
      assert.equal(others.length, 0);
      assert.deepEqual(
        { ...mine, notification: undefined },
        {
          id: 'one:hook',
          channel: 'hook',
          status: 'pending',
          attempts: 1,
          reason,
          createdAtMs: at,
          notBeforeMs: at + 9,
          settledAtMs: null,
          notification: undefined,
        },
      );
      const idsOf = async (query: Parameters<AlertStore['listDeliveries']>[0]) =>
        (await store.listDeliveries(query)).map((it) => it.id);
      assert.deepEqual(await idsOf({ rowsMax: 9 }), ['three:hook', 'two:log', 'one:hook']);
      assert.deepEqual(await idsOf({ rowsMax: 1 }), ['three:hook']);
      assert.deepEqual(await idsOf({ rowsMax: 9, episodeId: 'y' }), ['two:log']);
      assert.deepEqual(await idsOf({ rowsMax: 9, channel: 'log' }), ['two:log']);
      assert.deepEqual(await idsOf({ rowsMax: 9, channel: 'log', episodeId: 'e' }), []);
      assert.deepEqual(await idsOf({ rowsMax: 9, status: 'delivered' }), []);
    },
  },
  {
    name: 'what was absorbed is pruned like what was delivered',
    run: async ({ store }) => {
      await store.enqueue([rowOf('one'), rowOf('two')]);
      const { id, lease } = await claimOne(store);
      const kept = { id: 'two:hook', notification: notificationOf({ eventId: 'two' }) };
      await store.rewrite({ id, lease, atMs: at, kept, absorbedIds: [id] });
      assert.equal(await store.prune(at + 1), 1);
      assert.deepEqual(await store.listDeliveries({ rowsMax: 9, episodeId: 'e' }).then((it) => it.length), 1);
    },
  },
];

async function claimOne(store: AlertStore, rowsMax = 10): Promise<ClaimedRow> {
  const [row] = await store.claim({ ...request, rowsMax, nowMs: at + 1_000 });
  assert.ok(row !== undefined, 'nothing could be claimed');
  return row;
}

function statuses(deliveries: readonly { readonly id: string; readonly status: string }[]) {
  return Object.fromEntries(deliveries.map(({ id, status }) => [id, status]));
}
