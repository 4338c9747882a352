import type { QuantityKind } from '../lib/quantity.ts';
import { quantity } from '../lib/quantity.ts';

type Props = Readonly<{
  kind: QuantityKind;
  value: number | null | undefined;
  className?: string | undefined;
}>;

/** A number as every page shows it: three digits, tabular, its unit muted. */
export function Num({ kind, value, className }: Props) {
  const { text, unit } = quantity(kind, value);
  return (
    <span className={className === undefined ? 'num' : `num ${className}`}>
      {text}
      {unit !== '' && <span className="unit">{unit}</span>}
    </span>
  );
}
