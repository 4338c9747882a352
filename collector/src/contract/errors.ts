import { z } from 'zod';

/** Body of every 4xx and 5xx of `/api/v1`. */
export const errorSchema = z.object({
  error: z.object({
    /** From the registry in the collector's README. */
    code: z.string(),
    message: z.string(),
    /** What to do next. */
    remedy: z.string(),
  }),
});
export type ApiError = z.infer<typeof errorSchema>;
