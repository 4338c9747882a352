import assert from 'node:assert/strict';
import type { AlertStore, ClaimedRow } from '../ports.ts';
import { outboxPendingMax } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, batchOf, notificationOf, rowOf, unclaimed } from './samples.ts';

const request = { channel: 'hook', nowMs: at, rowsMax: 10, leaseMs: 1_000 };

export const outboxCases: readonly ContractCase[] = [
  {
    name: 'a claimed row is the row that was enqueued, on its first attempt',
    run: async ({ store }) => {
      const row = rowOf('one');
      await store.commit(batchOf({ outbox: [row] }));
      const claimed = await claimOne(store);
      assert.deepEqual(unclaimed(claimed), row);
      assert.equal(claimed.attempt, 1);
    },
  },
  {
    name: 'an event is enqueued once, also after it was delivered, and stays as it was',
    run: async ({ store }) => {
      const first = rowOf('one');
      const second = rowOf('one', { notification: notificationOf({ eventId: 'one', title: 'changed' }) });
      await store.commit(batchOf({ outbox: [first, second] }));
      await store.commit(batchOf({ expectedTickMs: at, outbox: [second] }));
      const claimed = await claimOne(store);
      assert.deepEqual(claimed.notification, first.notification);
      await store.settle({ id: claimed.id, lease: claimed.lease, atMs: at, kind: 'delivered' });
      await store.commit(batchOf({ expectedTickMs: at, outbox: [second] }));
      assert.deepEqual(await store.claim({ ...request, nowMs: at + 60_000 }), []);
    },
  },
  {
    name: 'only the channel asked for, only what is due, no more rows than asked for, oldest first',
    run: async ({ store }) => {
      const outbox = [
        rowOf('later', { dedupKey: 'd0', notBeforeMs: at + 500 }),
        rowOf('one', { dedupKey: 'd1' }),
        rowOf('two', { dedupKey: 'd2' }),
        rowOf('three', { dedupKey: 'd3' }),
        rowOf('elsewhere', { dedupKey: 'd4', channel: 'log' }),
      ];
      await store.commit(batchOf({ outbox }));
      assert.deepEqual(await claimEvents(store, { rowsMax: 2 }), ['one', 'two']);
      assert.deepEqual(await claimEvents(store, {}), ['three']);
      assert.deepEqual(await claimEvents(store, { nowMs: at + 500 }), ['later']);
      assert.deepEqual(await claimEvents(store, { channel: 'log' }), ['elsewhere']);
    },
  },
  {
    name: 'of one channel and dedup key only the oldest open row can be claimed, whatever it waits for',
    run: async ({ store }) => {
      await store.commit(batchOf({ outbox: [rowOf('trigger'), rowOf('resolve')] }));
      const trigger = await claimOne(store);
      assert.equal(trigger.notification.eventId, 'trigger');
      assert.deepEqual(await claimEvents(store, {}), []);
      const held = { id: trigger.id, lease: trigger.lease, atMs: at, notBeforeMs: at + 9_000, reason: '500' };
      assert.equal(await store.settle({ ...held, kind: 'retry' }), true);
      assert.deepEqual(await claimEvents(store, { nowMs: at + 8_999 }), []);
      const again = await claimOne(store, { nowMs: at + 9_000 });
      assert.equal(again.attempt, 2);
      assert.deepEqual(unclaimed(again).notification, trigger.notification);
      await store.settle({ id: again.id, lease: again.lease, atMs: at + 9_001, kind: 'delivered' });
      assert.deepEqual(await claimEvents(store, { nowMs: at + 9_001 }), ['resolve']);
    },
  },
  {
    name: 'a claim lapses after its lease and its settlement is refused then',
    run: async ({ store }) => {
      await store.commit(batchOf({ outbox: [rowOf('one')] }));
      const first = await claimOne(store);
      assert.deepEqual(await claimEvents(store, { nowMs: at + 999 }), []);
      const second = await claimOne(store, { nowMs: at + 1_000 });
      assert.equal(second.attempt, 2);
      assert.notEqual(second.lease, first.lease);
      const stale = { id: first.id, lease: first.lease, atMs: at + 1_001 };
      assert.equal(await store.settle({ ...stale, kind: 'delivered' }), false);
      assert.equal(
        await store.settle({ ...stale, kind: 'dead', reason: '', followUp: [rowOf('notice')] }),
        false,
      );
      assert.equal((await store.outboxDepths())[0]?.pending, 1);
      assert.equal(await store.settle({ ...stale, lease: second.lease, kind: 'delivered' }), true);
      assert.equal(await store.settle({ ...stale, lease: second.lease, kind: 'delivered' }), false);
    },
  },
  {
    name: 'concurrent claims never share a row',
    run: async ({ store }) => {
      const outbox = Array.from({ length: 8 }, (_, index) => rowOf(`e${index}`, { dedupKey: `d${index}` }));
      await store.commit(batchOf({ outbox }));
      const claims = await Promise.all(
        [1, 2, 3, 4].map(async () => await claimEvents(store, { rowsMax: 4 })),
      );
      assert.deepEqual(
        claims.flat().sort(),
        outbox.map(({ notification }) => notification.eventId),
      );
    },
  },
  {
    name: 'a dead row leaves its lane and brings its follow-up into the outbox with it',
    run: async ({ store }) => {
      await store.commit(batchOf({ outbox: [rowOf('one'), rowOf('two')] }));
      const { id, lease } = await claimOne(store);
      const notice = rowOf('notice', { channel: 'log' });
      const dead = { id, lease, atMs: at, kind: 'dead', reason: 'status 400', followUp: [notice] } as const;
      assert.equal(await store.settle(dead), true);
      assert.deepEqual(await claimEvents(store, { nowMs: at + 60_000 }), ['two']);
      assert.deepEqual(await claimEvents(store, { channel: 'log' }), ['notice']);
      const depths = [...(await store.outboxDepths())].sort((a, b) => (a.channel < b.channel ? -1 : 1));
      assert.deepEqual(depths, [
        { channel: 'hook', pending: 1, dead: 1, oldestPendingMs: at },
        { channel: 'log', pending: 1, dead: 0, oldestPendingMs: at },
      ]);
    },
  },
  {
    name: 'a channel with the maximum of open rows takes no more, and counts what it did not take as dead',
    run: async ({ store }) => {
      const outbox = Array.from({ length: outboxPendingMax + 2 }, (_, index) =>
        rowOf(`e${index}`, { dedupKey: `d${index}` }),
      );
      await store.commit(batchOf({ outbox: [...outbox, rowOf('elsewhere', { channel: 'log' })] }));
      const depths = await store.outboxDepths();
      assert.deepEqual(
        depths.find(({ channel }) => channel === 'hook'),
        { channel: 'hook', pending: outboxPendingMax, dead: 2, oldestPendingMs: at },
      );
      assert.equal(depths.find(({ channel }) => channel === 'log')?.pending, 1);
    },
  },
];

async function claimOne(store: AlertStore, part: Partial<typeof request> = {}): Promise<ClaimedRow> {
  const [row, ...others] = await store.claim({ ...request, ...part });
  assert.ok(row !== undefined, 'nothing could be claimed');
  assert.equal(others.length, 0);
  return row;
}

async function claimEvents(store: AlertStore, part: Partial<typeof request>): Promise<string[]> {
  const rows = await store.claim({ ...request, ...part });
  return rows.map(({ notification }) => notification.eventId);
}
