import type { MetricQuery, MetricSource, Reading } from './ports.ts';
import { within } from './within.ts';

/** Readings under way at once: about what an embedded engine works on side by side. */
export const readsInFlightMax = 4;

/**
 * One look at the source for all rules of one round that ask the same. Made anew each round: it keeps nothing. A reading
 * has its time from when it begins; the time it waits for others to end is not its own.
 */
export function shareReads(source: MetricSource, timeoutMs: number): MetricSource {
  const under = new Map<string, Promise<Reading>>();
  const queue: (() => void)[] = [];
  let inFlight = 0;
  return {
    ...source,
    read: async (query) => {
      const key = keyOf(query);
      const known = under.get(key);
      if (known !== undefined) return await known;
      const reading = whenFree(
        async () => await within(timeoutMs, async (signal) => await source.read(query, signal)),
      );
      under.set(key, reading);
      return await reading;
    },
  };

  async function whenFree(work: () => Promise<Reading>): Promise<Reading> {
    if (inFlight >= readsInFlightMax) await new Promise<void>((resolve) => queue.push(resolve));
    else inFlight += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) inFlight -= 1;
      else next();
    }
  }
}

function keyOf({ signal, groupBy, fromMs, toMs, groupsMax }: MetricQuery): string {
  return JSON.stringify([signal, groupBy, fromMs, toMs, groupsMax]);
}
