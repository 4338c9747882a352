import { useMemo, useState } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { axisTime } from '../../lib/moment.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import { quantityText } from '../../lib/quantity.ts';
import type { Marker, Point } from './chart-data.ts';
import { draggedRange, isLone, labelMarkers, leastOf, peakOf, timeTicks, valueTicks } from './chart-data.ts';
import styles from './TimeChart.module.css';
import { BucketTooltip } from './BucketTooltip.tsx';
import { drawLines, drawStretches } from './chart-marks.tsx';
import type { Stretch, ValueLine } from './chart-marks.tsx';

export type Series = Readonly<{ key: string; label: string; color: string; draw: 'line' | 'bar' | 'area' }>;

type Props = Readonly<{
  title: string;
  kind: QuantityKind;
  points: readonly Point[];
  series: readonly Series[];
  stepMs: number;
  markers?: readonly Marker[];
  /** Thresholds: the axis reaches up to them. */
  lines?: readonly ValueLine[];
  stretches?: readonly Stretch[];
  /** Where points are sparse: what the time axis covers. */
  range?: Readonly<{ fromMs: number; toMs: number }>;
  /** Charts of one id share the crosshair. */
  syncId?: string;
  /** A dragged stretch. */
  onZoom?: (fromMs: number, toMs: number) => void;
  /** A clicked bucket. */
  onBucket?: (fromMs: number, toMs: number) => void;
}>;

const height = 156;
const timeTicksMax = 7;
const loneRadius = 2.5;

export function TimeChart(props: Props) {
  const { title, kind, points, series, stepMs, lines } = props;
  const isStacked = series.some(({ draw }) => draw === 'area');
  const ticks = useMemo(() => {
    const keys = series.map(({ key }) => key);
    const highestLine = Math.max(0, ...(lines ?? []).map(({ value }) => value));
    const ticks = valueTicks(Math.max(peakOf(points, keys, isStacked), highestLine), kind);
    const least = leastOf(points, keys);
    return least < 0 ? [least, ...ticks] : ticks;
  }, [points, series, isStacked, kind, lines]);
  return (
    <figure className={styles['figure']}>
      <figcaption className={styles['caption']}>
        <span className={styles['title']}>{title}</span>
        {series.length > 1 && (
          <span className={styles['keys']}>
            {series.map((one) => (
              <span key={one.key} className={styles['key']}>
                <span className={styles['swatch']} style={{ background: one.color }} aria-hidden />
                {one.label}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <Plot {...props} ticks={ticks} />
      <span className="visually-hidden">
        {title}:{' '}
        {series.map((one) => `${one.label} last ${quantityText(kind, lastOf(points, one.key))}`).join(', ')};
        buckets of {stepMs / 1000} seconds
      </span>
    </figure>
  );
}

function lastOf(points: readonly Point[], key: string): number | null {
  return points.findLast((point) => point[key] !== null && point[key] !== undefined)?.[key] ?? null;
}

function Plot(props: Props & Readonly<{ ticks: readonly number[] }>) {
  const { kind, points, series, stepMs, markers = [], syncId, ticks } = props;
  const drag = useDrag(props);
  const fromMs = props.range?.fromMs ?? points[0]?.startMs ?? 0;
  const lastMs = props.range?.toMs ?? points.at(-1)?.startMs ?? 0;
  const shown = labelMarkers(markers, { fromMs, toMs: lastMs + stepMs });
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={[...points]}
        {...(syncId === undefined ? {} : { syncId })}
        margin={{ top: 16, right: 4, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        barCategoryGap={1}
        {...drag.handlers}
      >
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis
          dataKey="startMs"
          type="number"
          scale="time"
          domain={[fromMs - stepMs / 2, lastMs + stepMs / 2]}
          ticks={timeTicks(fromMs, lastMs, timeTicksMax)}
          tickFormatter={(at: number) => axisTime(at, lastMs - fromMs)}
          tickLine={false}
          axisLine={{ stroke: 'var(--border-strong)' }}
          tick={{ fill: 'var(--muted)', fontSize: 11 }}
          minTickGap={16}
        />
        <YAxis
          width={56}
          domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
          ticks={[...ticks]}
          tickFormatter={(value: number) => quantityText(kind, value)}
          tickLine={false}
          axisLine={false}
          tick={{ fill: 'var(--muted)', fontSize: 11 }}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--muted)', strokeDasharray: '2 2', fill: 'var(--hover)' }}
          content={<BucketTooltip {...{ kind, points, series, stepMs }} />}
        />
        {drawStretches(props.stretches ?? [], [fromMs, lastMs])}
        {series.map((one) => drawSeries(one, points))}
        {drawLines(props.lines ?? [])}
        {shown.map(({ atMs, label }) => (
          <ReferenceLine
            key={atMs}
            x={atMs}
            stroke="var(--info)"
            strokeDasharray="3 3"
            label={{ value: label, position: 'top', fill: 'var(--info)', fontSize: 10, offset: 3 }}
          />
        ))}
        {drag.stretch !== undefined && (
          <ReferenceArea x1={drag.stretch[0]} x2={drag.stretch[1]} fill="var(--accent)" fillOpacity={0.15} />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function drawSeries({ key, label, color, draw }: Series, points: readonly Point[]) {
  const shared = { dataKey: key, name: label, isAnimationActive: false } as const;
  // A value between two gaps has no line or area to show it.
  const dot = ({ cx, cy, index }: Readonly<{ cx?: number; cy?: number; index: number }>) =>
    isLone(points, key, index) ? (
      <circle key={index} cx={cx} cy={cy} r={loneRadius} fill={color} />
    ) : (
      <g key={index} />
    );
  switch (draw) {
    case 'bar':
      return <Bar key={key} {...shared} fill={color} maxBarSize={24} />;
    case 'area':
      return (
        <Area
          key={key}
          {...shared}
          stackId="stack"
          type="linear"
          stroke={color}
          fill={color}
          fillOpacity={0.75}
          dot={dot}
        />
      );
    case 'line':
      return (
        <Line
          key={key}
          {...shared}
          type="linear"
          stroke={color}
          strokeWidth={1.6}
          dot={dot}
          activeDot={{ r: 3 }}
        />
      );
    default:
      return assertNever(draw);
  }
}

type Dragged = readonly [number, number];

/** Click = one bucket, drag = a stretch. recharts gives the bucket under the pointer as its label. */
function useDrag({ stepMs, onZoom, onBucket }: Props) {
  const [stretch, setStretch] = useState<Dragged>();
  if (onZoom === undefined && onBucket === undefined) return { stretch: undefined, handlers: {} };
  type State = Readonly<{ activeLabel?: string | number | undefined }>;
  const atOf = (state: State) => (state.activeLabel === undefined ? undefined : Number(state.activeLabel));
  return {
    stretch: stretch !== undefined && stretch[0] !== stretch[1] ? stretch : undefined,
    handlers: {
      style: { cursor: 'crosshair' },
      onMouseDown: (state: State) => {
        const at = atOf(state);
        if (at !== undefined) setStretch([at, at]);
      },
      onMouseMove: (state: State) => {
        const at = atOf(state);
        if (stretch !== undefined && at !== undefined && at !== stretch[1]) setStretch([stretch[0], at]);
      },
      onMouseLeave: () => setStretch(undefined),
      onMouseUp: () => {
        if (stretch === undefined) return;
        const dragged = draggedRange(stretch[0], stretch[1], stepMs);
        setStretch(undefined);
        if (dragged === undefined) onBucket?.(stretch[0], stretch[0] + stepMs);
        else onZoom?.(dragged.fromMs, dragged.toMs);
      },
    },
  };
}

function assertNever(value: never): never {
  throw new Error(`unreachable series ${String(value)}`);
}
