import { labels, rulePreview } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { instantSchema } from './range.ts';

/** Body of `POST /rules/preview`. */
export const previewRequestSchema = z.strictObject({
  /** A whole rule, saved or not; what is wrong with it is answered with `invalid_body`. */
  rule: z.unknown(),
  from: instantSchema.default('now-14d'),
  to: instantSchema.default('now'),
  /** Every tick of one group between two instants. */
  explain: z.strictObject({ group: labels, from: z.number().int(), to: z.number().int() }).optional(),
});
export type PreviewRequest = Readonly<z.output<typeof previewRequestSchema>>;

export const previewSchema = rulePreview;

export type {
  PreviewEpisode,
  PreviewNoise,
  PreviewSeries,
  PreviewStretch,
  PreviewSuggestion,
  PreviewTick,
  RulePreview,
} from '@nightjar/alerts/schema';
