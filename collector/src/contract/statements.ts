import { z } from 'zod';
import { rangeSchema } from './range.ts';

export const statementSearchSchema = rangeSchema.extend({
  service: z.string().max(500).optional(),
  sort: z.enum(['total', 'calls', 'mean', 'p95', 'errors']).default('total'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type StatementSearch = z.infer<typeof statementSearchSchema>;

export const statementSchema = z.object({
  fingerprint: z.string(),
  service: z.string(),
  statement: z.string(),
  summary: z.string(),
  dbSystem: z.string(),
  dbNamespace: z.string(),
  calls: z.number(),
  callsPerSecond: z.number(),
  errors: z.number(),
  totalMs: z.number(),
  /** Of all statement time in the range and filter, 0 to 1. */
  share: z.number(),
  meanMs: z.number(),
  p95Ms: z.number(),
  maxMs: z.number(),
  firstSeenMs: z.number(),
  lastSeenMs: z.number(),
});
export type Statement = z.infer<typeof statementSchema>;
export const statementsSchema = z.object({ statements: z.array(statementSchema) });
