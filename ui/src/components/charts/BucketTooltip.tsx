import { absoluteTime, stepText } from '../../lib/moment.ts';
import type { QuantityKind } from '../../lib/quantity.ts';
import { Num } from '../Num.tsx';
import type { Point } from './chart-data.ts';
import type { Series } from './TimeChart.tsx';
import styles from './TimeChart.module.css';

type Props = Readonly<{
  /** Given by the chart: whether and over which bucket the pointer is. */
  active?: boolean;
  label?: string | number;
  kind: QuantityKind;
  points: readonly Point[];
  series: readonly Series[];
  stepMs: number;
}>;

/** The values of one bucket, its start and how wide it is. */
export function BucketTooltip({ active = false, label, kind, points, series, stepMs }: Props) {
  const point = active ? points.find(({ startMs }) => startMs === Number(label)) : undefined;
  if (point === undefined) return null;
  return (
    <div className={styles['tooltip']}>
      <div className={styles['when']}>
        {absoluteTime(point.startMs)} · {stepText(stepMs)}
      </div>
      {series.map((one) => (
        <div key={one.key} className={styles['value']}>
          <span className={styles['swatch']} style={{ background: one.color }} aria-hidden />
          <span className="fill">{one.label}</span>
          <Num kind={kind} value={point[one.key] ?? null} />
        </div>
      ))}
    </div>
  );
}
