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
        values: new Float64Array(ticks).fill(Number.NaN),
        samples: new Float64Array(ticks),
      };
      groups.set(key, group);
      group.samples[tick] = samples;
      if (value !== null) group.values[tick] = value;
    }
  }
  return { groups: [...groups.values()], groupsSeen: groups.size, resolution: 'exact' };
}
