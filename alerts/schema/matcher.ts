import { z } from 'zod';

/** One test on a label. All matchers of a filter must hold. Regular expressions are RE2, anchored at both ends. */
export const matcher = z.strictObject({
  label: z.string().min(1, 'is empty, name the label to test, for example service'),
  op: z.enum(['=', '!=', '=~', '!~']).default('='),
  value: z.string(),
});
export type Matcher = Readonly<z.infer<typeof matcher>>;

export const filter = z
  .array(matcher)
  .max(20, 'has more than 20 matchers, use a regular expression')
  .optional();
