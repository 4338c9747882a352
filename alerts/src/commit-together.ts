import type { AlertStore, CommitBatch } from './ports.ts';

/** Rules whose commits may share a transaction. */
export const commitsTogetherMax = 64;
/** A commit waits so long for those of the rules that are still reading. */
export const commitWaitMs = 50;

type Outcome = Awaited<ReturnType<AlertStore['commit']>>;

interface Waiting {
  readonly batch: CommitBatch;
  readonly settle: (outcome: Outcome | PromiseLike<Outcome>) => void;
}

export interface CommitsTogether {
  readonly commit: (batch: CommitBatch) => Promise<Outcome>;
  /** Runs the work of one rule; commits go out once everyone inside waits for theirs. */
  readonly inside: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Lets rules that are evaluated side by side commit in one transaction: a commit that survives a power cut costs a write
 * to the disk, and a thousand rules would cost a thousand. A transaction that fails is tried again rule by rule, so that
 * one rule cannot fail the others.
 */
export function commitTogether(store: AlertStore): CommitsTogether {
  if (store.commitAll === undefined) return alone(store);
  let waiting: Waiting[] = [];
  let insideCount = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    commit: async (batch) =>
      await new Promise<Outcome>((settle) => {
        waiting.push({ batch, settle });
        timer ??= setTimeout(flush, commitWaitMs);
        flushIfComplete();
      }),
    inside: async (work) => {
      insideCount += 1;
      try {
        return await work();
      } finally {
        insideCount -= 1;
        flushIfComplete();
      }
    },
  };

  function flushIfComplete(): void {
    if (waiting.length >= Math.min(commitsTogetherMax, insideCount)) flush();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const taken = waiting;
    waiting = [];
    if (taken.length === 0) return;
    const done = store.commitAll?.(taken.map(({ batch }) => batch)) ?? Promise.resolve([]);
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

function alone(store: AlertStore): CommitsTogether {
  return {
    commit: async (batch) => await store.commit(batch),
    inside: async (work) => await work(),
  };
}
