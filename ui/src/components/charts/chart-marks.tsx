import { ReferenceArea, ReferenceLine } from 'recharts';

export type MarkTone = 'warning' | 'critical' | 'info' | 'muted';

/** A value that the series is held against. */
export type ValueLine = Readonly<{ value: number; label: string; tone: MarkTone }>;

/** A stretch of time that stands out. */
export type Stretch = Readonly<{ fromMs: number; toMs: number; tone: MarkTone }>;

export function drawLines(lines: readonly ValueLine[]) {
  return lines.map(({ value, label, tone }) => (
    <ReferenceLine
      key={`${label} ${value}`}
      y={value}
      stroke={`var(--${tone})`}
      strokeDasharray="5 3"
      ifOverflow="hidden"
      label={{ value: label, position: 'insideBottomRight', fill: `var(--${tone})`, fontSize: 10, offset: 3 }}
    />
  ));
}

export function drawStretches(stretches: readonly Stretch[], range: readonly [number, number]) {
  const [fromMs, toMs] = range;
  return stretches
    .filter((one) => one.toMs > fromMs && one.fromMs < toMs)
    .map((one) => (
      <ReferenceArea
        key={`${one.fromMs} ${one.toMs} ${one.tone}`}
        x1={Math.max(one.fromMs, fromMs)}
        x2={Math.min(Math.max(one.toMs, one.fromMs + (toMs - fromMs) / widthLeast), toMs)}
        fill={`var(--${one.tone})`}
        fillOpacity={0.16}
        stroke="none"
      />
    ));
}

/** The shortest stretch is drawn as wide as this share of the chart, so that it can be seen. */
const widthLeast = 250;
