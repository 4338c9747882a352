import type { AlertStore, CommitBatch } from './ports.ts';

/** Rules whose commits may share a transaction. */
export const commitsTogetherMax = 64;

type Outcome = Awaited<ReturnType<AlertStore['commit']>>;

interface Waiting {
  readonly batch: CommitBatch;
  readonly settle: (outcome: Outcome | PromiseLike<Outcome>) => void;
}

/**
 * Lets rules that are evaluated side by side commit in one transaction: a commit that survives a power cut costs a write
 * to the disk, and a thousand rules would cost a thousand. A transaction that fails is tried again rule by rule, so that
 * one rule cannot fail the others.
 */
export function commitTogether(store: AlertStore): AlertStore['commit'] {
  const { commitAll } = store;
  if (commitAll === undefined) return async (batch) => await store.commit(batch);
  let waiting: Waiting[] = [];
  return async (batch) =>
    await new Promise<Outcome>((settle) => {
      waiting.push({ batch, settle });
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length >= commitsTogetherMax) flush();
    });

  function flush(): void {
    const taken = waiting;
    waiting = [];
    if (taken.length === 0 || commitAll === undefined) return;
    const done = commitAll.call(
      store,
      taken.map(({ batch }) => batch),
    );
    taken.forEach(({ batch, settle }, index) => {
      settle(
        done.then(
          (outcomes) => outcomes[index] ?? 'superseded',
          async () => await store.commit(batch),
        ),
      );
    });
  }
}
