import { expect, it } from 'vitest';
import { commitTogether } from './commit-together.ts';
import type { CommitsTogether } from './commit-together.ts';
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
    return await Promise.all(batches.map(async (batch) => await store.commit(batch)));
  };
  return { transactions, store: { ...store, commitAll, ...part } };
}

/** A rule reads first. */
function commits(commit: CommitsTogether['commit'], uid: string) {
  return async () => {
    await Promise.resolve();
    return await commit(batchOf(uid));
  };
}

it('commits that come together are one transaction, each with its own outcome', async () => {
  const { transactions, store } = recording();
  const { commit, inside } = commitTogether(store);
  const outcomes = await Promise.all(['a', 'b', 'a'].map(async (uid) => await inside(commits(commit, uid))));
  expect(outcomes).toEqual(['committed', 'committed', 'superseded']);
  expect(transactions).toEqual([3]);
  await commit(batchOf('c'));
  expect(transactions).toEqual([3, 1]);
});

it('one that cannot be stored does not fail the others', async () => {
  const { store } = recording();
  const { commit, inside } = commitTogether({
    ...store,
    commitAll: async () => await Promise.reject(new Error('cannot be stored')),
    commit: async (batch) =>
      batch.ruleUid === 'b' ? await Promise.reject(new Error('cannot be stored')) : await store.commit(batch),
  });
  const outcomes = await Promise.allSettled(
    ['a', 'b'].map(async (uid) => await inside(commits(commit, uid))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

it('a transaction holds so many at most', async () => {
  const { transactions, store } = recording();
  const { commit, inside } = commitTogether(store);
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => await inside(commits(commit, `r${index}`))),
  );
  expect(transactions).toEqual([64, 36]);
});

it('a rule that still reads does not keep the others waiting for long', async () => {
  const { transactions, store } = recording();
  const { commit, inside } = commitTogether(store);
  const reading = Promise.withResolvers<undefined>();
  const slow = inside(async () => await reading.promise);
  expect(await inside(commits(commit, 'a'))).toBe('committed');
  expect(transactions).toEqual([1]);
  reading.resolve(undefined);
  await slow;
});

it('a rule that ends without a commit lets the others go', async () => {
  const { transactions, store } = recording();
  const { commit, inside } = commitTogether(store);
  const failing = inside(async () => await Promise.reject(new Error('cannot be read')));
  const [, outcome] = await Promise.allSettled([failing, inside(commits(commit, 'a'))]);
  expect(outcome).toEqual({ status: 'fulfilled', value: 'committed' });
  expect(transactions).toEqual([1]);
});
