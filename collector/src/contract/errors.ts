import { z } from 'zod';

/** What is wrong with one field of a body; `path` as `conditions.0.threshold`, empty for the whole. */
export const fieldProblemSchema = z.object({ path: z.string(), problem: z.string() });
export type FieldProblem = Readonly<z.infer<typeof fieldProblemSchema>>;

/** Body of every 4xx and 5xx of `/api/v1`. */
export const errorSchema = z.object({
  error: z.object({
    /** From the registry in the collector's README. */
    code: z.string(),
    message: z.string(),
    /** What to do next. */
    remedy: z.string(),
    /** With `invalid_body`: where. */
    fields: z.array(fieldProblemSchema).optional(),
  }),
});
export type ApiError = z.infer<typeof errorSchema>;
