import { previewLimits } from '@nightjar/collector/contract';
import type { AlertRule, RulePreview } from '@nightjar/collector/contract';
import { alertValue, chartScale, labelText } from './alert-words.ts';

export type ChartRow = Readonly<{ startMs: number }> & Readonly<Record<string, number | null>>;
type Tone = 'warning' | 'critical' | 'info';

export type PreviewChart = Readonly<{
  rows: readonly ChartRow[];
  keys: readonly Readonly<{ key: string; label: string }>[];
  stepMs: number;
  lines: readonly Readonly<{ value: number; label: string; tone: Tone }>[];
  stretches: readonly Readonly<{ fromMs: number; toMs: number; tone: Tone }>[];
}>;

/** More lines than this cannot be told apart. */
export const chartSeriesMax = 6;

/**
 * What a preview draws: a row a bucket with the value of each group, thresholds, and the episodes behind. Groups are
 * sampled at different ticks; in a bucket of their common distance they stand side by side.
 */
export function previewChart(preview: RulePreview, rule: Pick<AlertRule, 'conditions'>): PreviewChart {
  const { factor } = chartScale(preview.unit);
  const shown = preview.series.slice(0, chartSeriesMax);
  const stepMs = stepOf(preview);
  const columns = shown.map(({ points }) => valuesByBucket(points, { ...preview, stepMs }));
  const length = Math.floor((preview.to - preview.from) / stepMs) + 1;
  const rows = Array.from({ length }, (_, bucket): ChartRow => ({
    ...Object.fromEntries(
      columns.map((values, index) => {
        const value = values[bucket];
        return [`s${index}`, value === undefined ? null : value * factor];
      }),
    ),
    startMs: preview.from + bucket * stepMs,
  }));
  return {
    rows,
    keys: shown.map(({ group }, index) => ({ key: `s${index}`, label: groupText(group) })),
    stepMs,
    lines: rule.conditions.flatMap(({ severity, threshold, upper }) =>
      [threshold, upper]
        .filter((value) => value !== undefined)
        .map((value) => ({
          value: value * factor,
          label: `${severity} ${alertValue(value, preview.unit)}`,
          tone: severity,
        })),
    ),
    stretches: preview.episodes.map(({ firedAt, resolvedAt, severity }) => ({
      fromMs: firedAt,
      toMs: resolvedAt ?? preview.to,
      tone: severity,
    })),
  };
}

export function groupText(group: Readonly<Record<string, string>>): string {
  const text = labelText(group);
  return text === '' ? 'everything' : text;
}

type Grid = Readonly<{ from: number; stepMs: number; everyMs: number }>;

function valuesByBucket(
  points: RulePreview['series'][number]['points'],
  { from, stepMs, everyMs }: Grid,
): readonly (number | undefined)[] {
  const values: (number | undefined)[] = [];
  for (const { at, value } of points) values[Math.floor((at - from) / stepMs)] = value;
  if (stepMs === everyMs) return values;
  // A lone empty bucket between two full ones comes from the sampling, not from a lack of data.
  return Array.from(values, (value, index) =>
    value === undefined && values[index + 1] !== undefined ? values[index - 1] : value,
  );
}

/** Points of a long range stand for several ticks each. */
function stepOf({ from, to, everyMs }: RulePreview): number {
  const ticks = Math.floor((to - from) / everyMs) + 1;
  return everyMs * Math.ceil(ticks / previewLimits.pointsMax);
}
