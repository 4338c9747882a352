import type { MetricSource, RangeGroup, RangeQuery, RangeReading } from '@nightjar/alerts';

/** Asks for each window by itself: for signals that look at more than their window. The caller keeps the ticks few. */
export async function readTickByTick(
  source: MetricSource,
  query: RangeQuery,
  signal: AbortSignal,
): Promise<RangeReading> {
  const { groupBy, groupsMax, windowMs, firstToMs, everyMs, ticks } = query;
  const groups = new Map<string, RangeGroup>();
  for (let tick = 0; tick < ticks; tick += 1) {
    const toMs = firstToMs + tick * everyMs;
    const asked = { signal: query.signal, groupBy, fromMs: toMs - windowMs, toMs, groupsMax };
    const reading = await source.read(asked, signal);
    for (const { labels, value, samples } of reading.groups) {
      const key = JSON.stringify(labels);
      const known = groups.get(key);
      if (known === undefined && groups.size >= groupsMax) continue;
      const group = known ?? {
        labels,
        values: new Float64Array(ticks),
        samples: new Uint32Array(ticks),
      };
      groups.set(key, group);
      // A group that is there without samples has a value all the same.
      group.samples[tick] = Math.max(1, samples);
      group.values[tick] = value ?? Number.NaN;
    }
  }
  return { groups: [...groups.values()], groupsSeen: groups.size, resolution: 'exact' };
}
