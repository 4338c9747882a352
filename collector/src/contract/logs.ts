import { z } from 'zod';
import { rangeSchema } from './range.ts';
import { attributesSchema, traceIdSchema } from './traces.ts';

export const logSearchSchema = rangeSchema.extend({
  service: z.string().max(500).optional(),
  traceId: traceIdSchema.optional(),
  minSeverity: z.coerce.number().int().min(0).max(24).optional(),
  /** Words that the body must hold, case-insensitive. */
  q: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type LogSearch = z.infer<typeof logSearchSchema>;
export const logSchema = z.object({
  timeUnixNano: z.string(),
  timeMs: z.number(),
  service: z.string(),
  severityNumber: z.number().int(),
  severityText: z.string(),
  body: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  attributes: attributesSchema,
});
export type LogRecord = z.infer<typeof logSchema>;
export const logsSchema = z.object({ logs: z.array(logSchema), isPartial: z.boolean() });
