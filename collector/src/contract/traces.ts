import { z } from 'zod';
import { findingSchema } from './findings.ts';
import { rangeSchema } from './range.ts';

export const traceIdSchema = z.string().regex(/^[0-9a-f]{32}$/i, 'expected 32 hex digits');

const optionalFlag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

export const traceSearchSchema = rangeSchema.extend({
  service: z.string().max(500).optional(),
  operation: z.string().max(1000).optional(),
  minDurationMs: z.coerce.number().min(0).optional(),
  maxDurationMs: z.coerce.number().min(0).optional(),
  status: z.enum(['ok', 'error']).optional(),
  release: z.string().max(500).optional(),
  hasFinding: optionalFlag,
  minQueries: z.coerce.number().int().min(0).optional(),
  /** `newest` (default), `slowest` or `queries`. */
  sort: z.enum(['newest', 'slowest', 'queries']).default('newest'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type TraceSearch = z.infer<typeof traceSearchSchema>;

/** A request: one entry span. */
export const traceRowSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  service: z.string(),
  operation: z.string(),
  kind: z.number().int(),
  startMs: z.number(),
  durationMs: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  httpStatus: z.number().int().nullable(),
  isError: z.boolean(),
  release: z.string(),
  /** null when nobody counted (yet). */
  queryCount: z.number().int().nullable(),
  findings: z.number().int(),
});
export type TraceRow = z.infer<typeof traceRowSchema>;
export const tracesSchema = z.object({
  traces: z.array(traceRowSchema),
  /** More matched than `limit`. */
  isPartial: z.boolean(),
});

const attributeValueSchema = z.union([z.string(), z.number(), z.boolean()]);
/** Arrays, maps and bytes arrive as JSON text. 64-bit integers beyond 2^53 arrive as text. */
export const attributesSchema = z.record(z.string(), attributeValueSchema);

export const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  /** '' for a root. */
  parentSpanId: z.string(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  /** Decimal text: nanoseconds do not fit a JSON number. */
  startTimeUnixNano: z.string(),
  durationNs: z.number(),
  status: z.object({ code: z.enum(['unset', 'ok', 'error']), message: z.string() }),
  attributes: attributesSchema,
  events: z.array(z.object({ timeUnixNano: z.string(), name: z.string(), attributes: attributesSchema })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes: attributesSchema })),
  isEntry: z.boolean(),
  operation: z.string(),
  release: z.string(),
  scope: z.object({ name: z.string(), version: z.string() }),
  resourceId: z.string(),
});
export type Span = z.infer<typeof spanSchema>;

/** A group of calls that are the same but for their values, and what the engine made of it. */
export const repeatSchema = z.object({
  verdict: z.string(),
  reason: z.string(),
  fingerprint: z.string(),
  statement: z.string(),
  count: z.number().int(),
  totalMs: z.number(),
  scopeSpanId: z.string(),
  anchorSpanId: z.string(),
  memberSpanIds: z.array(z.string()),
});
export type TraceRepeat = z.infer<typeof repeatSchema>;

export const traceSchema = z.object({
  traceId: z.string(),
  spans: z.array(spanSchema),
  /** Resource attributes by `resourceId`. */
  resources: z.record(z.string(), attributesSchema),
  findings: z.array(findingSchema),
  repeats: z.array(repeatSchema),
  requests: z.array(
    z.object({
      spanId: z.string(),
      service: z.string(),
      operation: z.string(),
      queryCount: z.number().int(),
      statementCount: z.number().int(),
      databaseMs: z.number(),
    }),
  ),
  /** Spans stored for this trace; larger than `spans.length` when cut at 20,000. */
  spanCount: z.number().int(),
});
export type Trace = z.infer<typeof traceSchema>;
