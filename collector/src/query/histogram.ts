/** Observations between two bounds, as OTLP histograms send them. */
export interface Histogram {
  /** Upper bounds, rising. One fewer than counts: the last count is above them all. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Quantile over the sum of histograms, also where their bounds differ; linear inside a bucket, as Prometheus does.
 * null of no observation. Above the last bound the answer is that bound.
 */
export function histogramQuantile(histograms: readonly Histogram[], quantile: number): number | null {
  const buckets = histograms.flatMap(bucketsOf).toSorted((a, b) => a.upper - b.upper);
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  if (total <= 0) return null;
  const rank = quantile * total;
  let seen = 0;
  for (const { lower, upper, count } of buckets) {
    if (seen + count >= rank) {
      if (upper === Number.POSITIVE_INFINITY) return Number.isFinite(lower) ? lower : null;
      return lower + (upper - lower) * ((rank - seen) / count);
    }
    seen += count;
  }
  return null;
}

interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

function bucketsOf({ bounds, counts }: Histogram): readonly Bucket[] {
  const first = bounds[0];
  return counts
    .map((count, index) => {
      const upper = bounds[index] ?? Number.POSITIVE_INFINITY;
      const lower =
        index === 0 ? Math.min(0, first ?? Number.NEGATIVE_INFINITY) : (bounds[index - 1] ?? upper);
      return { lower, upper, count };
    })
    .filter((bucket) => bucket.count > 0);
}
