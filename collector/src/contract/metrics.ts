import { z } from 'zod';
import { rangeSchema } from './range.ts';

export const metricListSearchSchema = rangeSchema.extend({ service: z.string().max(500).optional() });
export const metricListSchema = z.object({
  metrics: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      unit: z.string(),
      description: z.string(),
      services: z.array(z.string()),
      series: z.number().int(),
    }),
  ),
});

export const metricSeriesSearchSchema = rangeSchema.extend({
  name: z.string().min(1).max(500),
  service: z.string().max(500).optional(),
  /** Attribute key to split by. */
  groupBy: z.string().max(200).optional(),
  /** Default by type: gauges avg, monotonic sums rate, histograms p95. */
  aggregation: z.enum(['avg', 'max', 'min', 'sum', 'last', 'rate', 'p50', 'p95', 'p99']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type MetricSeriesSearch = z.infer<typeof metricSeriesSearchSchema>;
export const metricSeriesSchema = z.object({
  name: z.string(),
  unit: z.string(),
  aggregation: z.string(),
  stepMs: z.number(),
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      points: z.array(z.object({ startMs: z.number(), value: z.number().nullable() })),
    }),
  ),
  /** Series left out by `limit`. */
  omitted: z.number().int(),
});
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

export const queueSchema = z.object({
  queue: z.string(),
  /** Services that report on it. */
  services: z.array(z.string()),
  depth: z.number().nullable(),
  oldestAgeMs: z.number().nullable(),
  inFlight: z.number().nullable(),
  failed: z.number().nullable(),
  /** Depth change a second over the range: above zero it falls behind. */
  growthPerSecond: z.number().nullable(),
  lastSeenMs: z.number(),
  points: z.array(
    z.object({ startMs: z.number(), depth: z.number().nullable(), oldestAgeMs: z.number().nullable() }),
  ),
  /** Jobs taken from it: entry spans of kind CONSUMER that name this destination. */
  jobs: z.object({
    count: z.number(),
    perSecond: z.number(),
    errorRate: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
});
export type Queue = z.infer<typeof queueSchema>;
export const queuesSchema = z.object({ queues: z.array(queueSchema), stepMs: z.number() });
