import type { MetricQuery, MetricSource, Reading } from './ports.ts';

/** One look at the source for all rules of one round that ask the same. Made anew each round: it keeps nothing. */
export function shareReads(source: MetricSource): MetricSource {
  const under = new Map<string, Promise<Reading>>();
  return {
    ...optionalOf(source),
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

function optionalOf(source: MetricSource): Omit<MetricSource, 'read'> {
  const { health, ingestLag, arrivals } = source;
  return {
    ...(health === undefined ? {} : { health: async (signal) => await health.call(source, signal) }),
    ...(ingestLag === undefined ? {} : { ingestLag: async (signal) => await ingestLag.call(source, signal) }),
    ...(arrivals === undefined
      ? {}
      : { arrivals: async (sinceMs, signal) => await arrivals.call(source, sinceMs, signal) }),
  };
}

function keyOf({ signal, groupBy, fromMs, toMs, groupsMax }: MetricQuery): string {
  return JSON.stringify([signal, groupBy, fromMs, toMs, groupsMax]);
}
