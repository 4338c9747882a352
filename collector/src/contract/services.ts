import { z } from 'zod';

/** Columns of equal length, one entry a bucket; null where there was nothing to measure. */
export const sparklineSchema = z.object({
  startMs: z.array(z.number()),
  requests: z.array(z.number()),
  errorRate: z.array(z.number().nullable()),
  p95Ms: z.array(z.number().nullable()),
  queriesPerRequest: z.array(z.number().nullable()),
});

export const serviceSchema = z.object({
  service: z.string(),
  language: z.string(),
  environments: z.array(z.string()),
  requests: z.number(),
  requestsPerSecond: z.number(),
  errors: z.number(),
  /** 0 to 1. */
  errorRate: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  /** null when nobody counted. */
  queriesPerRequest: z.number().nullable(),
  /** Database time over request time, 0 to 1: calls side by side count once at most, as long as their request. */
  databaseShare: z.number().nullable(),
  findings: z.number().int(),
  firingAlerts: z.number().int(),
  release: z.string(),
  lastSeenMs: z.number(),
  sparkline: sparklineSchema,
});
export type Service = z.infer<typeof serviceSchema>;

export const servicesSchema = z.object({ services: z.array(serviceSchema), stepMs: z.number() });

export const operationSchema = z.object({
  operation: z.string(),
  /** OTLP span kind of its entry spans. */
  kind: z.number().int(),
  requests: z.number(),
  requestsPerSecond: z.number(),
  errors: z.number(),
  errorRate: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  totalMs: z.number(),
  queriesPerRequest: z.number().nullable(),
  /** As of a service. */
  databaseShare: z.number().nullable(),
  findings: z.number().int(),
  lastSeenMs: z.number(),
});
export type Operation = z.infer<typeof operationSchema>;
export const operationsSchema = z.object({ operations: z.array(operationSchema) });

export const releaseSchema = z.object({ release: z.string(), firstSeenMs: z.number() });
export type Release = z.infer<typeof releaseSchema>;

/** Figures of a range, beside those of the range of the same length before it. */
export const totalsSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  queriesPerRequest: z.number().nullable(),
});

export const serviceChartPointSchema = z.object({
  startMs: z.number(),
  requests: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  queriesPerRequest: z.number().nullable(),
  /** Mean milliseconds a request spent in databases; null when nobody counted. */
  databaseMs: z.number().nullable(),
  /** Mean milliseconds of a request. */
  meanMs: z.number().nullable(),
});
export type ServiceChartPoint = z.infer<typeof serviceChartPointSchema>;

export const serviceDetailSchema = z.object({
  service: z.string(),
  language: z.string(),
  environments: z.array(z.string()),
  current: totalsSchema,
  previous: totalsSchema,
  releases: z.array(releaseSchema),
  stepMs: z.number(),
  points: z.array(serviceChartPointSchema),
});
export type ServiceDetail = z.infer<typeof serviceDetailSchema>;
