import { z } from 'zod';
import { matcher } from './signal.ts';

/**
 * Holds messages back from startsAt to endsAt, epoch ms, endsAt not included. mute: triggers and repeats, while the
 * resolve of what people were told passes, or incidents would stay open. mute_all: resolves too, and for good.
 */
export const silence = z
  .strictObject({
    id: z.string().min(1),
    matchers: z
      .array(matcher)
      .min(1, 'is empty, a silence without a matcher would mute everything')
      .max(20, 'has more than 20 matchers, use a regular expression'),
    startsAt: z.number().int(),
    endsAt: z.number().int(),
    by: z.string().min(1),
    reason: z.string(),
    mode: z.enum(['mute', 'mute_all']).default('mute'),
  })
  .refine((it) => it.endsAt > it.startsAt, { path: ['endsAt'], message: 'must be after startsAt' });
export type Silence = Readonly<z.infer<typeof silence>>;
