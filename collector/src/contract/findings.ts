import { z } from 'zod';
import { rangeSchema } from './range.ts';

export const findingKindSchema = z.enum([
  'n_plus_one',
  'duplicate_query',
  'slow_statement',
  'chatty_request',
  'unbounded_select',
  'consecutive_queries',
  'pool_wait',
  'http_in_transaction',
]);
export const severitySchema = z.enum(['low', 'medium', 'high', 'critical']);
export const confidenceSchema = z.enum(['low', 'medium', 'high']);

export const findingSearchSchema = rangeSchema.extend({
  service: z.string().max(500).optional(),
  operation: z.string().max(1000).optional(),
  kind: findingKindSchema.optional(),
  severity: severitySchema.optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/i, 'expected 32 hex digits')
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type FindingSearch = z.infer<typeof findingSearchSchema>;

export const callSiteSchema = z.object({ file: z.string(), line: z.number().int(), function: z.string() });

/** Another statement of the same loop, mended together with the finding. */
export const companionSchema = z.object({
  fingerprint: z.string(),
  statement: z.string(),
  count: z.number().int(),
  totalMs: z.number(),
  /** As `memberSpanIds` of the finding. */
  memberSpanIds: z.array(z.string()),
});

/** The same fault over all requests of the range: figures a request are those of its worst recent request. */
export const findingSchema = z.object({
  /** 16 hex digits, stable across requests and releases. */
  id: z.string(),
  kind: findingKindSchema,
  service: z.string(),
  operation: z.string(),
  statement: z.string(),
  fingerprint: z.string(),
  /** Calls in one request (the largest seen). */
  count: z.number().int(),
  /** Wall time one request would save, milliseconds (mean). */
  savedMs: z.number(),
  /** Summed time of the calls in one request, milliseconds (mean). */
  totalMs: z.number(),
  /** Saved time summed over the range and scaled to an hour, milliseconds. Findings are ranked by it. */
  savedMsPerHour: z.number(),
  /** Of the median request of the range, as the confidence. */
  severity: severitySchema,
  confidence: confidenceSchema,
  isWrite: z.boolean(),
  callSite: callSiteSchema.nullable(),
  hint: z.string(),
  reason: z.string(),
  /** Example: the most recent request. */
  traceId: z.string(),
  scopeSpanId: z.string(),
  anchorSpanId: z.string(),
  /** Span ids of the calls in the example; at most 1,000. Empty in lists, filled for one trace or one finding. */
  memberSpanIds: z.array(z.string()),
  /** Other calls of the same loop in the example; `savedMs` includes them. */
  companions: z.array(companionSchema),
  release: z.string(),
  firstRelease: z.string(),
  firstSeen: z.number(),
  lastSeen: z.number(),
  /** Requests it happened in. */
  occurrences: z.number().int(),
  /** In its most recent request, unless that has expired since: accepted by a comment or by the acknowledgement file. */
  accepted: z
    .object({
      how: z.enum(['ignored', 'acknowledged']),
      reason: z.string(),
      /** The last day it holds, `YYYY-MM-DD`; null: as long as the comment stands. */
      expires: z.string().nullable(),
    })
    .nullable(),
});
export type Finding = z.infer<typeof findingSchema>;
export const findingsSchema = z.object({ findings: z.array(findingSchema) });

export const findingDetailSchema = z.object({
  finding: findingSchema,
  stepMs: z.number(),
  points: z.array(z.object({ startMs: z.number(), occurrences: z.number(), savedMs: z.number() })),
  releases: z.array(z.object({ release: z.string(), firstSeenMs: z.number() })),
  operations: z.array(z.object({ operation: z.string(), occurrences: z.number(), savedMs: z.number() })),
  examples: z.array(
    z.object({
      traceId: z.string(),
      scopeSpanId: z.string(),
      startMs: z.number(),
      operation: z.string(),
      release: z.string(),
      count: z.number().int(),
      savedMs: z.number(),
    }),
  ),
});
export type FindingDetail = z.infer<typeof findingDetailSchema>;
