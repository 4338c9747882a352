import type { MetricQuery, MetricSource, Reading } from './ports.ts';

/** One look at the source for all rules of one round that ask the same. Made anew each round: it keeps nothing. */
export function shareReads(source: MetricSource): MetricSource {
  const under = new Map<string, Promise<Reading>>();
  return {
    ...source,
    read: async (query, signal) => {
      const key = keyOf(query);
      const known = under.get(key);
      if (known !== undefined) return await known;
      const reading = source.read(query, signal);
      under.set(key, reading);
      return await reading;
    },
  };
}

function keyOf({ signal, groupBy, fromMs, toMs, groupsMax }: MetricQuery): string {
  return JSON.stringify([signal, groupBy, fromMs, toMs, groupsMax]);
}
