import assert from 'node:assert/strict';
import type { ContractCase } from '../store-contract.ts';
import { at, batchOf, episodeOf, instanceOf, rowOf } from './samples.ts';

export const stateCases: readonly ContractCase[] = [
  {
    name: 'a rule without state loads as undefined',
    run: async ({ store }) => {
      assert.equal(await store.load('rule'), undefined);
      assert.deepEqual(await store.ruleUids(), []);
    },
  },
  {
    name: 'what was committed is there after reopening, to the last field',
    run: async ({ store, reopen }) => {
      const instances = [
        instanceOf('a', 'firing'),
        instanceOf('b', 'pending'),
        instanceOf('c', 'recovering'),
        instanceOf('d'),
      ];
      const batch = batchOf({ instances, episodes: [episodeOf()], outbox: [rowOf('one')] });
      assert.equal(await store.commit(batch), 'committed');
      const again = await reopen();
      const stored = await again.load('rule');
      assert.equal(stored?.tickMs, at);
      assert.deepEqual(byId(stored?.instances ?? []), instances);
      assert.deepEqual(await again.ruleUids(), ['rule']);
      assert.deepEqual(await again.listEpisodes({ fromMs: at, toMs: at + 1, rowsMax: 10 }), [episodeOf()]);
      const claimed = await again.claim({ channel: 'hook', nowMs: at, rowsMax: 10, leaseMs: 1_000 });
      assert.equal(claimed.length, 1);
    },
  },
  {
    name: 'a commit replaces instances by id, removes those named and keeps the others',
    run: async ({ store }) => {
      await store.commit(batchOf({ instances: [instanceOf('a'), instanceOf('b'), instanceOf('c')] }));
      const changed = instanceOf('a', 'firing');
      await store.commit(
        batchOf({ expectedTickMs: at, tickMs: at + 1, instances: [changed], removedIds: ['b'] }),
      );
      const stored = await store.load('rule');
      assert.equal(stored?.tickMs, at + 1);
      assert.deepEqual(byId(stored?.instances ?? []), [changed, instanceOf('c')]);
    },
  },
  {
    name: 'several rules commit together where the store can; one that is superseded leaves the others',
    run: async ({ store, reopen }) => {
      if (store.commitAll === undefined) return;
      await store.commit(batchOf({ ruleUid: 'taken' }));
      const outcomes = await store.commitAll([
        batchOf({ ruleUid: 'one', outbox: [rowOf('one')] }),
        batchOf({ ruleUid: 'taken', tickMs: at + 1, outbox: [rowOf('two')] }),
        batchOf({ ruleUid: 'three' }),
      ]);
      assert.deepEqual(outcomes, ['committed', 'superseded', 'committed']);
      const again = await reopen();
      assert.deepEqual([...(await again.ruleUids())].sort(), ['one', 'taken', 'three']);
      assert.equal((await again.load('taken'))?.tickMs, at);
      const claimed = await again.claim({ channel: 'hook', nowMs: at, rowsMax: 10, leaseMs: 1_000 });
      assert.deepEqual(
        claimed.map(({ id }) => id),
        [rowOf('one').id],
      );
    },
  },
  {
    name: 'rules do not see each other',
    run: async ({ store }) => {
      await store.commit(batchOf({ instances: [instanceOf('a')] }));
      await store.commit(
        batchOf({ ruleUid: 'other', tickMs: at + 7, instances: [{ ...instanceOf('o'), ruleUid: 'other' }] }),
      );
      assert.equal((await store.load('rule'))?.tickMs, at);
      assert.deepEqual(
        (await store.load('other'))?.instances.map(({ id }) => id),
        ['o'],
      );
      assert.deepEqual([...(await store.ruleUids())].sort(), ['other', 'rule']);
    },
  },
  {
    name: 'a commit computed from another tick is superseded and changes nothing',
    run: async ({ store }) => {
      await store.commit(batchOf({ instances: [instanceOf('a')] }));
      for (const expectedTickMs of [null, at - 1]) {
        const late = batchOf({
          expectedTickMs,
          tickMs: at + 5,
          instances: [instanceOf('b')],
          removedIds: ['a'],
          episodes: [episodeOf()],
          outbox: [rowOf('one')],
        });
        assert.equal(await store.commit(late), 'superseded');
      }
      const stored = await store.load('rule');
      assert.deepEqual(stored, { tickMs: at, instances: [instanceOf('a')] });
      assert.deepEqual(await store.listEpisodes({ fromMs: 0, toMs: at * 2, rowsMax: 10 }), []);
      assert.deepEqual(await store.outboxDepths(), []);
    },
  },
  {
    name: 'of two commits from the same tick one wins, on a new rule too',
    run: async ({ store }) => {
      for (const expectedTickMs of [null, at + 1]) {
        const tickMs = (expectedTickMs ?? at) + 1;
        const outcomes = await Promise.all([
          store.commit(batchOf({ expectedTickMs, tickMs })),
          store.commit(batchOf({ expectedTickMs, tickMs })),
        ]);
        assert.deepEqual(outcomes.sort(), ['committed', 'superseded']);
      }
    },
  },
  {
    name: 'a batch that cannot be stored leaves nothing behind',
    run: async ({ store }) => {
      // JSON has no bigint: stands for any failure in the middle of the transaction.
      const value: unknown = 1n;
      const broken = rowOf('broken');
      Object.assign(broken.notification, { value });
      const batch = batchOf({
        instances: [instanceOf('a')],
        episodes: [episodeOf()],
        outbox: [rowOf('one'), broken],
      });
      await assert.rejects(async () => await store.commit(batch));
      assert.equal(await store.load('rule'), undefined);
      assert.deepEqual(await store.listAlerts({ rowsMax: 10 }), []);
      assert.deepEqual(await store.outboxDepths(), []);
    },
  },
  {
    name: 'a commit with tick null forgets the rule but keeps its episodes and messages',
    run: async ({ store }) => {
      await store.commit(batchOf({ instances: [instanceOf('a', 'firing')], episodes: [episodeOf()] }));
      const ending = batchOf({
        expectedTickMs: at,
        tickMs: null,
        removedIds: ['a'],
        episodes: [episodeOf({ resolvedAt: at + 9, resolveReason: 'rule_deleted' })],
        outbox: [rowOf('end')],
      });
      assert.equal(await store.commit(ending), 'committed');
      assert.equal(await store.load('rule'), undefined);
      assert.deepEqual(await store.ruleUids(), []);
      assert.deepEqual(await store.listAlerts({ rowsMax: 10 }), []);
      const [episode] = await store.listEpisodes({ fromMs: at, toMs: at + 1, rowsMax: 10 });
      assert.equal(episode?.resolveReason, 'rule_deleted');
      assert.equal((await store.outboxDepths())[0]?.pending, 1);
    },
  },
];

function byId<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}
