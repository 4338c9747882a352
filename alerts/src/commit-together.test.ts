import { expect, it } from 'vitest';
import { commitTogether } from './commit-together.ts';
import type { AlertStore, CommitBatch } from './ports.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';

const batchOf = (ruleUid: string): CommitBatch => ({
  ruleUid,
  expectedTickMs: null,
  tickMs: 1,
  instances: [],
  removedIds: [],
  episodes: [],
  outbox: [],
});

function recording(part: Partial<AlertStore> = {}) {
  const transactions: number[] = [];
  const store = createMemoryStore(emptyData());
  const commitAll: AlertStore['commitAll'] = async (batches) => {
    transactions.push(batches.length);
    return await Promise.all(batches.map(store.commit));
  };
  return { transactions, store: { ...store, commitAll, ...part } };
}

it('commits that come together are one transaction, each with its own outcome', async () => {
  const { transactions, store } = recording();
  const commit = commitTogether(store);
  const outcomes = await Promise.all([commit(batchOf('a')), commit(batchOf('b')), commit(batchOf('a'))]);
  expect(outcomes).toEqual(['committed', 'committed', 'superseded']);
  expect(transactions).toEqual([3]);
  await commit(batchOf('c'));
  expect(transactions).toEqual([3, 1]);
});

it('one that cannot be stored does not fail the others', async () => {
  const { store } = recording();
  const commit = commitTogether({
    ...store,
    commitAll: async () => await Promise.reject(new Error('cannot be stored')),
    commit: async (batch) =>
      batch.ruleUid === 'b' ? await Promise.reject(new Error('cannot be stored')) : await store.commit(batch),
  });
  const outcomes = await Promise.allSettled([commit(batchOf('a')), commit(batchOf('b'))]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

it('a transaction holds so many at most', async () => {
  const { transactions, store } = recording();
  const commit = commitTogether(store);
  await Promise.all(Array.from({ length: 100 }, async (_, index) => await commit(batchOf(`r${index}`))));
  expect(transactions).toEqual([64, 36]);
});
