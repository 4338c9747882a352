import { dotRadius, sparklinePath } from '../lib/sparkline.ts';

type Props = Readonly<{
  values: readonly (number | null)[];
  color: string;
  /** Said to those who cannot see it. */
  label: string;
}>;

const width = 60;
const height = 18;

/** A trend without axes. Drawn by hand: a chart library would cost more than the table it stands in. */
export function Sparkline({ values, color, label }: Props) {
  const { line, area, dots, isFlat } = sparklinePath(values, { width, height });
  // A row of zeros is no news, whatever its colour stands for.
  const ink = isFlat ? 'var(--border-strong)' : color;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={area} fill={ink} opacity={0.14} />
      <path d={line} fill="none" stroke={ink} strokeWidth={1.3} strokeLinejoin="round" />
      {dots.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r={dotRadius} fill={ink} />
      ))}
    </svg>
  );
}
