import { z } from 'zod';
import { alertKind, alertState, resolveReason, verdictKind } from './alert.ts';
import { severity } from './rule.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();
const count = z.number().int().min(0);

/** What a preview may hold; beyond it the totals still count all. */
export const previewLimits = {
  episodesMax: 500,
  seriesMax: 10,
  pointsMax: 700,
  stretchesMax: 1_000,
  explainedTicksMax: 1_500,
} as const;

/** One stretch of firing that the rule would have had. */
export const previewEpisode = z.object({
  kind: alertKind,
  severity,
  group: labels,
  activeAt: epochMs,
  firedAt: epochMs,
  /** null: it fires at the end of the range. */
  resolvedAt: epochMs.nullable(),
  resolveReason: resolveReason.nullable(),
  /** When it fired. */
  value: z.number().nullable(),
  samples: z.number().nullable(),
  /** The value furthest past the threshold while it fired. */
  worst: z.number().nullable(),
  reason: z.string(),
});
export type PreviewEpisode = Readonly<z.infer<typeof previewEpisode>>;

/** Ticks in a row with one verdict of the most severe condition and one state of the group. */
export const previewStretch = z.object({
  from: epochMs,
  /** The last tick of the stretch. */
  to: epochMs,
  ticks: count,
  verdict: verdictKind,
  /** The worst state of the group's conditions. */
  state: alertState,
  /** Why, at the first tick. */
  reason: z.string(),
});
export type PreviewStretch = Readonly<z.infer<typeof previewStretch>>;

export const previewSeries = z.object({
  group: labels,
  /** At most `pointsMax`; of the ticks a point stands for, `value` is the worst one. Ticks without data have no point. */
  points: z.array(z.object({ at: epochMs, value: z.number(), samples: z.number() })),
  stretches: z.array(previewStretch),
  hasMoreStretches: z.boolean(),
});
export type PreviewSeries = Readonly<z.infer<typeof previewSeries>>;

export const previewTick = z.object({
  at: epochMs,
  severity,
  verdict: verdictKind,
  state: alertState,
  value: z.number().nullable(),
  samples: z.number().nullable(),
  reason: z.string(),
});
export type PreviewTick = Readonly<z.infer<typeof previewTick>>;

/** How loud a rule is. A page is a stretch in which a group fires, whatever the severity. */
export const previewNoise = z.object({
  pages: count,
  /** Of the pages: shorter than two minutes. */
  short: count,
  firingMs: count,
  /** Of the pages: begun within ten minutes of the end of the one before, in the same group. */
  flaps: count,
});
export type PreviewNoise = Readonly<z.infer<typeof previewNoise>>;

export const previewSuggestion = z.object({
  /** `for: 5m` */
  change: z.string(),
  /** Fields of the rule to put in the place of its own: `for`, `keepFiringFor` or `conditions`. */
  patch: z.record(z.string(), z.unknown()),
  noise: previewNoise,
});
export type PreviewSuggestion = Readonly<z.infer<typeof previewSuggestion>>;

export const rulePreview = z.object({
  ruleUid: z.string(),
  /** First and last tick looked at. */
  from: epochMs,
  to: epochMs,
  everyMs: z.number().int(),
  ticks: count,
  unit: z.string(),
  /**
   * exact: windows as the rule reads them. minute: ends of windows are rounded down to whole minutes. thinned: the rule
   * looks more often than this did (`everyMs`), the signal is too expensive for every tick.
   */
  resolution: z.enum(['exact', 'minute', 'thinned']),
  groups: z.object({ seen: count, watched: count }),
  /** The rule fires so much that not all groups could be replayed; the busiest were. */
  isPartial: z.boolean(),
  noise: previewNoise,
  /** `In the last 14 days this would have fired 7 times, 5 of them under 2 minutes; with for: 5m it would fire twice.` */
  summary: z.string(),
  /** Newest first. */
  episodes: z.array(previewEpisode),
  episodesTotal: count,
  /** Groups that fired first, then those nearest to the threshold. */
  series: z.array(previewSeries),
  /** Group ticks by the verdict of the most severe condition. */
  verdicts: z.partialRecord(verdictKind, count),
  suggestions: z.array(previewSuggestion),
  /** Asked for with `explain`: every tick of one group, each condition. */
  explained: z.array(previewTick),
  tookMs: z.number(),
});
export type RulePreview = Readonly<z.infer<typeof rulePreview>>;
