import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Said when time is up. */
  readonly what: string;
}

/** Reads until `accept` holds and returns what was read; a read that throws is tried again. */
export async function until<T>(
  read: () => Promise<T> | T,
  accept: (value: T) => boolean,
  { timeoutMs = 30_000, everyMs = 100, what }: PollOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = 'nothing read';
  for (;;) {
    try {
      const value = await read();
      if (accept(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const seen = last instanceof Error ? String(last) : JSON.stringify(last)?.slice(0, 2_000);
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${seen}`);
    }
    await delay(everyMs);
  }
}
