import { z } from 'zod';
import { matcher } from './signal.ts';

const matchers = z
  .array(matcher)
  .min(1, 'is empty, add a matcher such as { label: alertname, value: Service down }')
  .max(20, 'has more than 20 matchers, use a regular expression');

/** While an alert that matches `source` fires, those that match `target` with the same `equal` labels keep quiet. */
export const inhibition = z.strictObject({
  name: z.string().min(1).max(200),
  source: matchers,
  target: matchers,
  equal: z.array(z.string().min(1)).max(10).default([]),
});
export type Inhibition = Readonly<z.infer<typeof inhibition>>;
