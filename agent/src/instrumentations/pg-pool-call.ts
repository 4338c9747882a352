import type { PendingSite } from '../tracker/pending-site.ts';

/**
 * A pool calls `connect` while the app is on the stack and `query` of a client once it has one. This carries what was learnt
 * at the first to the second, in the two synchronous stretches between which nothing else can come.
 */
export interface PoolCall {
  /** Undefined outside of a request. */
  readonly site: PendingSite | undefined;
  /** How long it waited for a connection, where the pool had none to spare; undefined where it had. */
  readonly waitedMs?: number;
}

let asking: PoolCall | undefined;
let running: PoolCall | undefined;

/** While the pool takes the app's call. */
export function whileAsking<Result>(call: PoolCall, step: () => Result): Result {
  const before = asking;
  asking = call;
  try {
    return step();
  } finally {
    asking = before;
  }
}

/** For the pool's `connect`: the call it is for, once. */
export function takeAsked(): PoolCall | undefined {
  const call = asking;
  asking = undefined;
  return call;
}

/** While the pool hands the statement to its client. */
export function whileRunning<Result>(call: PoolCall, step: () => Result): Result {
  const before = running;
  running = call;
  try {
    return step();
  } finally {
    running = before;
  }
}

/** For the client's `query`: the pool's call that it is, once. */
export function poolCallNow(): PoolCall | undefined {
  const call = running;
  running = undefined;
  return call;
}
