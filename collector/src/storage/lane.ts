import { StorageError } from './errors.ts';

export interface LaneOptions {
  readonly name: string;
  /** Callers that may wait for a free session; one more is refused as busy. */
  readonly waitersMax: number;
  /** Longest wait for a free session. */
  readonly waitMs: number;
}

/**
 * A few sessions that take turns. A session is given back when its statement has really ended, also after its
 * caller stopped waiting: a session runs one statement at a time.
 */
export interface Lane<Session> {
  run<Result>(task: (session: Session) => Promise<Result>): Promise<Result>;
  readonly sessions: readonly Session[];
  /** Resolves when every session is free; later callers are refused. */
  close(): Promise<void>;
}

export function createLane<Session>(sessions: readonly Session[], options: LaneOptions): Lane<Session> {
  const free: Session[] = [...sessions];
  const waiters: ((session: Session) => void)[] = [];
  const onIdle: (() => void)[] = [];
  let isClosed = false;

  const take = async (): Promise<Session> => {
    if (isClosed) throw new StorageError('unavailable', `${options.name}: storage is closed`);
    const session = free.pop();
    if (session !== undefined) return session;
    if (waiters.length >= options.waitersMax) {
      throw new StorageError('busy', `${options.name}: ${waiters.length} statements are waiting already`);
    }
    return await new Promise<Session>((resolve, reject) => {
      const timer = setTimeout(() => {
        const index = waiters.indexOf(onFree);
        if (index >= 0) waiters.splice(index, 1);
        reject(new StorageError('busy', `${options.name}: no free session within ${options.waitMs} ms`));
      }, options.waitMs);
      const onFree = (freed: Session): void => {
        clearTimeout(timer);
        resolve(freed);
      };
      waiters.push(onFree);
    });
  };

  const give = (session: Session): void => {
    const next = waiters.shift();
    if (next !== undefined) {
      next(session);
      return;
    }
    free.push(session);
    if (free.length === sessions.length) for (const idle of onIdle.splice(0)) idle();
  };

  return {
    sessions,
    async run(task) {
      const session = await take();
      try {
        return await task(session);
      } finally {
        give(session);
      }
    },
    async close() {
      isClosed = true;
      if (free.length === sessions.length) return;
      await new Promise<void>((resolve) => {
        onIdle.push(resolve);
      });
    },
  };
}
