import { broaden, keyOf } from './broad-query.ts';
import type { BroadQuery } from './broad-query.ts';
import type { MetricQuery, MetricSource, Reading } from './ports.ts';
import { within } from './within.ts';

/** Readings under way at once: about what an embedded engine works on side by side. */
export const readsInFlightMax = 4;
/** So many waiting queries that differ only in which of their groups they want are asked as one. */
export const broadFrom = 3;

interface Asked {
  readonly query: MetricQuery;
  readonly broad: BroadQuery | undefined;
  readonly settle: (reading: Reading | PromiseLike<Reading>) => void;
}

/**
 * One look at the source for all rules of one round that ask the same, or the same of different groups. Made anew each
 * round: it keeps nothing. A reading has its time from when it begins; the time it waits for others to end is not its own.
 */
export function shareReads(source: MetricSource, timeoutMs: number): MetricSource {
  const known = new Map<string, Promise<Reading>>();
  const knownBroad = new Map<string, Promise<Reading>>();
  const queue: Asked[] = [];
  let inFlight = 0;
  return {
    ...source,
    read: async (query) => await (known.get(keyOf(query)) ?? ask(query)),
  };

  async function ask(query: MetricQuery): Promise<Reading> {
    const { promise, resolve } = Promise.withResolvers<Reading>();
    known.set(keyOf(query), promise);
    const asked = { query, broad: broaden(query), settle: resolve };
    const all = asked.broad === undefined ? undefined : knownBroad.get(asked.broad.key);
    if (all === undefined) queue.push(asked);
    else resolve(all.then((reading) => pickGroups(reading, asked)));
    begin();
    return await promise;
  }

  function begin(): void {
    while (inFlight < readsInFlightMax) {
      const first = queue.shift();
      if (first === undefined) return;
      const together = takeTogether(first);
      if (together.length === 1) first.settle(start(first.query));
      else if (first.broad !== undefined) readBroad(first.broad, together);
    }
  }

  function takeTogether(first: Asked): readonly Asked[] {
    const key = first.broad?.key;
    const others = key === undefined ? [] : queue.filter(({ broad }) => broad?.key === key);
    if (others.length + 1 < broadFrom) return [first];
    const rest = queue.filter((asked) => !others.includes(asked));
    queue.splice(0, queue.length, ...rest);
    return [first, ...others];
  }

  function readBroad({ query, key }: BroadQuery, together: readonly Asked[]): void {
    const reading = start(query);
    knownBroad.set(key, reading);
    for (const asked of together) asked.settle(reading.then((all) => pickGroups(all, asked)));
  }

  // Cut short, the groups that this one wants may be in the rest.
  async function pickGroups(all: Reading, { query, broad }: Asked): Promise<Reading> {
    if (broad === undefined) return all;
    if (all.truncated !== true)
      return { ...all, groups: all.groups.filter(({ labels }) => broad.isAsked(labels)) };
    const { promise, resolve } = Promise.withResolvers<Reading>();
    queue.push({ query, broad: undefined, settle: resolve });
    begin();
    return await promise;
  }

  async function start(query: MetricQuery): Promise<Reading> {
    inFlight += 1;
    try {
      return await within(timeoutMs, async (signal) => await source.read(query, signal));
    } finally {
      inFlight -= 1;
      begin();
    }
  }
}
