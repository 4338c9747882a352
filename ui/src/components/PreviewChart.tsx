import type { AlertRule, RulePreview } from '@nightjar/collector/contract';
import { useMemo } from 'react';
import { chartScale, signalText } from '../lib/alert-words.ts';
import { previewChart } from '../lib/preview-chart.ts';
import { TimeChart } from './charts/TimeChart.tsx';
import type { Marker } from './charts/chart-data.ts';

type Props = Readonly<{
  preview: RulePreview;
  rule: AlertRule;
  markers?: readonly Marker[];
  onZoom?: (fromMs: number, toMs: number) => void;
}>;

/** The signal of a rule with its thresholds and, behind it, when it fires. */
export function PreviewChart({ preview, rule, markers = [], onZoom }: Props) {
  const chart = useMemo(() => previewChart(preview, rule), [preview, rule]);
  const range = useMemo(() => ({ fromMs: preview.from, toMs: preview.to }), [preview]);
  const series = chart.keys.map(({ key, label }, index) => ({
    key,
    label,
    color: `var(--series-${index})`,
    draw: 'line' as const,
  }));
  const hidden = preview.groups.seen - series.length;
  const title = signalText(rule.signal);
  return (
    <TimeChart
      title={hidden > 0 ? `${title}: ${series.length} of ${preview.groups.seen} groups` : title}
      kind={chartScale(preview.unit).kind}
      points={chart.rows}
      series={series}
      stepMs={chart.stepMs}
      lines={chart.lines}
      stretches={chart.stretches}
      markers={markers}
      range={range}
      {...(onZoom === undefined ? {} : { onZoom })}
    />
  );
}
