import { z } from 'zod';
import { matcher } from './signal.ts';

/** mute: triggers and repeats are held back, resolves pass. */
export const silence = z
  .strictObject({
    id: z.string().min(1),
    matchers: z.array(matcher).min(1, 'is empty, a silence without a matcher would mute everything'),
    startsAt: z.number().int(),
    endsAt: z.number().int(),
    by: z.string().min(1),
    reason: z.string(),
    mode: z.enum(['mute', 'mute_all']).default('mute'),
  })
  .refine((it) => it.endsAt > it.startsAt, { path: ['endsAt'], message: 'must be after startsAt' });
export type Silence = Readonly<z.infer<typeof silence>>;
