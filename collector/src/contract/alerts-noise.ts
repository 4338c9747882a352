import { z } from 'zod';

export const noiseRowSchema = z.object({
  ruleUid: z.string(),
  ruleName: z.string(),
  /** Stretches of firing that began in the range. */
  pages: z.number().int(),
  /** Minutes of firing. */
  minutes: z.number(),
  /** Of the pages: shorter than two minutes. */
  short: z.number().int(),
  /** Of the pages: nobody acknowledged, snoozed or silenced anything while it fired. */
  neverActedOn: z.number().int(),
});
export const noiseSchema = z.object({ rows: z.array(noiseRowSchema), isPartial: z.boolean() });
export type Noise = Readonly<z.infer<typeof noiseSchema>>;
export type NoiseRow = Readonly<z.infer<typeof noiseRowSchema>>;
