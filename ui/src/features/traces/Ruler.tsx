import { quantityText } from '../../lib/quantity.ts';
import type { View } from './layout/scale.ts';
import { barBox, rulerTicks } from './layout/scale.ts';
import styles from './Waterfall.module.css';

export function Ruler({ view }: Readonly<{ view: View }>) {
  return (
    <div className={styles['ruler']} aria-hidden>
      <span className={styles['rulerLabel']}>Span</span>
      <span className={styles['ticks']}>
        {rulerTicks(view).map((tick) => (
          <span
            key={tick}
            className={styles['tick']}
            style={{ left: `${barBox(tick, tick, view).leftPercent}%` }}
          >
            {quantityText('duration', tick)}
          </span>
        ))}
      </span>
    </div>
  );
}
