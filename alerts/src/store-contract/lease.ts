import assert from 'node:assert/strict';
import type { AlertStore } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, batchOf, instanceOf, rowOf } from './samples.ts';

const long = 600_000;
/** Over at once, so that the cases need no clock. */
const none = 0;

export const leaseCases: readonly ContractCase[] = [
  caseOf('one evaluator holds the lease until it ends, and renews it under the same epoch', async (store) => {
    const first = await store.lead({ holder: 'a', leaseMs: long });
    assert.ok(first !== undefined);
    assert.equal(await store.lead({ holder: 'b', leaseMs: long }), undefined);
    assert.equal(await store.lead({ holder: 'a', leaseMs: long }), first);
    assert.equal(await store.lead({ holder: 'a', leaseMs: none }), first);
    const second = await store.lead({ holder: 'b', leaseMs: long });
    assert.ok(second !== undefined && second > first);
    assert.equal(await store.lead({ holder: 'a', leaseMs: long }), undefined);
  }),
  caseOf('a lease that is given back is free at once; only its holder can give it back', async (store) => {
    const first = await store.lead({ holder: 'a', leaseMs: long });
    await store.resign('b');
    assert.equal(await store.lead({ holder: 'b', leaseMs: long }), undefined);
    await store.resign('a');
    const second = await store.lead({ holder: 'b', leaseMs: long });
    assert.ok(second !== undefined && first !== undefined && second > first);
  }),
  caseOf('of evaluators that ask together one gets the lease', async (store) => {
    const epochs = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (holder) => await store.lead({ holder, leaseMs: long })),
    );
    assert.equal(epochs.filter((epoch) => epoch !== undefined).length, 1);
  }),
  caseOf('who has lost the lease commits nothing, although the tick is the expected one', async (store) => {
    const stale = await store.lead({ holder: 'a', leaseMs: none });
    const current = await store.lead({ holder: 'b', leaseMs: long });
    assert.ok(stale !== undefined && current !== undefined);
    const batch = batchOf({ instances: [instanceOf('x', 'firing')], outbox: [rowOf('one')] });
    assert.equal(await store.commit({ ...batch, epoch: stale }), 'superseded');
    assert.equal(await store.load('rule'), undefined);
    assert.deepEqual(await store.outboxDepths(), []);
    assert.equal(await store.commit({ ...batch, epoch: current }), 'committed');
    if (store.commitAll === undefined) return;
    const outcomes = await store.commitAll([
      batchOf({ ruleUid: 'late', epoch: stale }),
      batchOf({ expectedTickMs: at, tickMs: at + 1, epoch: current }),
    ]);
    assert.deepEqual(outcomes, ['superseded', 'committed']);
  }),
  {
    name: 'the epoch survives a restart: who held the lease before is still refused after it',
    run: async ({ store, reopen }) => {
      if (!hasLease(store)) return;
      const stale = await store.lead({ holder: 'a', leaseMs: none });
      await store.lead({ holder: 'b', leaseMs: long });
      const again = await reopen();
      assert.ok(hasLease(again) && stale !== undefined);
      assert.equal(await again.lead({ holder: 'a', leaseMs: long }), undefined);
      assert.equal(await again.commit(batchOf({ epoch: stale })), 'superseded');
    },
  },
];

type LeasedStore = AlertStore & Required<Pick<AlertStore, 'lead' | 'resign'>>;

/** A store that one process alone can open needs no lease, and passes. */
function caseOf(name: string, run: (store: LeasedStore) => Promise<void>): ContractCase {
  return {
    name,
    run: async ({ store }) => {
      if (hasLease(store)) await run(store);
    },
  };
}

function hasLease(store: AlertStore): store is LeasedStore {
  return store.lead !== undefined && store.resign !== undefined;
}
