import { useMemo, useRef, useState } from 'react';
import type { PointerEvent } from 'react';
import { quantityText } from '../../lib/quantity.ts';
import { minimapShapes } from './layout/minimap.ts';
import type { View } from './layout/scale.ts';
import { brushedView } from './layout/scale.ts';
import type { TraceTree } from './layout/tree.ts';
import styles from './Waterfall.module.css';

type Props = Readonly<{ tree: TraceTree; view: View; onView: (view: View) => void }>;

const box = { width: 1000, height: 40 };

/** The whole trace small. A drag chooses the stretch that the waterfall shows, a click shows all of it again. */
export function Minimap({ tree, view, onView }: Props) {
  const shapes = useMemo(() => minimapShapes(tree, box), [tree]);
  const frame = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<readonly [number, number]>();
  const fractionOf = (event: PointerEvent) => {
    const rect = frame.current?.getBoundingClientRect();
    return rect === undefined || rect.width === 0 ? 0 : (event.clientX - rect.left) / rect.width;
  };
  const shown = drag === undefined ? view : brushedView(drag[0], drag[1], tree.durationMs);
  const left = (shown.fromMs / Math.max(tree.durationMs, 1e-9)) * 100;
  const right = 100 - (shown.toMs / Math.max(tree.durationMs, 1e-9)) * 100;
  const isZoomed = view.fromMs > 0 || view.toMs < tree.durationMs;
  return (
    <div className={styles['minimapRow']}>
      <span className={styles['minimapLabel']}>
        {isZoomed ? (
          <button
            type="button"
            className={styles['reset']}
            onClick={() => onView({ fromMs: 0, toMs: tree.durationMs })}
          >
            Show all {quantityText('duration', tree.durationMs)}
          </button>
        ) : (
          <span className="muted">Drag to zoom</span>
        )}
      </span>
      <div
        ref={frame}
        className={styles['minimap']}
        role="img"
        aria-label={`The whole trace, ${quantityText('duration', tree.durationMs)}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = fractionOf(event);
          setDrag([at, at]);
        }}
        onPointerMove={(event) => drag !== undefined && setDrag([drag[0], fractionOf(event)])}
        onPointerUp={() => {
          if (drag !== undefined) onView(brushedView(drag[0], drag[1], tree.durationMs));
          setDrag(undefined);
        }}
      >
        <svg viewBox={`0 0 ${box.width} ${box.height}`} preserveAspectRatio="none" aria-hidden>
          {shapes.map(({ color, path }) => (
            <path key={color} d={path} fill={color} />
          ))}
        </svg>
        <span className={styles['shade']} style={{ left: 0, width: `${left}%` }} />
        <span className={styles['shade']} style={{ right: 0, width: `${right}%` }} />
      </div>
    </div>
  );
}
