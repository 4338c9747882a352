import { CartesianGrid, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { TooltipContentProps } from 'recharts';
import { absoluteTime, axisTime } from '../../lib/moment.ts';
import { quantityText } from '../../lib/quantity.ts';
import { decadeTicks, timeTicks } from './chart-data.ts';
import styles from './TimeChart.module.css';

export type Dot = Readonly<{ id: string; atMs: number; durationMs: number; label: string; color: string }>;

type Props = Readonly<{
  title: string;
  dots: readonly Dot[];
  fromMs: number;
  toMs: number;
  onDot: (id: string) => void;
}>;

/** Durations over time, one dot a request, on a logarithmic axis: the slow ones stand apart from the crowd. */
export function ScatterTimeChart({ title, dots, fromMs, toMs, onDot }: Props) {
  const pick = (dot: unknown) => {
    const id = idOf(dot);
    if (id !== undefined) onDot(id);
  };
  const decades = decadeTicks(dots.map(({ durationMs }) => durationMs));
  return (
    <figure className={styles['figure']}>
      <figcaption className={styles['caption']}>
        <span className={styles['title']}>{title}</span>
      </figcaption>
      <ResponsiveContainer width="100%" height={140}>
        <ScatterChart margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="atMs"
            type="number"
            domain={[fromMs, toMs]}
            ticks={timeTicks(fromMs, toMs, 7)}
            tickFormatter={(at: number) => axisTime(at, toMs - fromMs)}
            tickLine={false}
            axisLine={{ stroke: 'var(--border-strong)' }}
            tick={{ fill: 'var(--muted)', fontSize: 11 }}
          />
          <YAxis
            dataKey="durationMs"
            type="number"
            scale="log"
            domain={[decades[0] ?? 1, decades.at(-1) ?? 10]}
            ticks={decades}
            width={56}
            tickFormatter={(value: number) => quantityText('duration', value)}
            tickLine={false}
            axisLine={false}
            tick={{ fill: 'var(--muted)', fontSize: 11 }}
          />
          <Tooltip isAnimationActive={false} cursor={false} content={DotTooltip} />
          <Scatter data={[...dots]} isAnimationActive={false} onClick={pick} shape={DotShape} />
        </ScatterChart>
      </ResponsiveContainer>
    </figure>
  );
}

function idOf(dot: unknown): string | undefined {
  return typeof dot === 'object' && dot !== null && 'id' in dot && typeof dot.id === 'string'
    ? dot.id
    : undefined;
}

function isDot(value: unknown): value is Dot {
  return idOf(value) !== undefined && typeof value === 'object' && value !== null && 'durationMs' in value;
}

function DotShape({
  cx,
  cy,
  payload,
}: Readonly<{ cx?: number | undefined; cy?: number | undefined; payload?: unknown }>) {
  const color = isDot(payload) ? payload.color : undefined;
  return <circle cx={cx} cy={cy} r={3.5} fill={color} fillOpacity={0.75} cursor="pointer" />;
}

function DotTooltip({ payload }: Pick<TooltipContentProps, 'payload'>) {
  const dot: unknown = payload[0]?.payload;
  if (!isDot(dot)) return null;
  return (
    <div className={styles['tooltip']}>
      <div className={styles['when']}>{absoluteTime(dot.atMs, 'ms')}</div>
      <div className={styles['value']}>
        <span className={styles['swatch']} style={{ background: dot.color }} aria-hidden />
        <span className="fill">{dot.label}</span>
        <span className="num">{quantityText('duration', dot.durationMs)}</span>
      </div>
    </div>
  );
}
