/** A number ready to show: the unit is drawn muted beside it. */
export type Quantity = Readonly<{ text: string; unit: string }>;

export type QuantityKind = 'duration' | 'count' | 'rate' | 'share' | 'bytes' | 'plain';

type Step = readonly [size: number, unit: string];

const durationSteps: readonly Step[] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
  [0.001, 'µs'],
  [0.000_001, 'ns'],
];
const byteSteps: readonly Step[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
  [1, 'B'],
];
const countSteps: readonly Step[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

export const noQuantity: Quantity = { text: '–', unit: '' };

/**
 * The one formatter. `duration` takes milliseconds, `share` a fraction (1 is 100 %), `rate` a number a second,
 * the others the number itself. Three significant digits; null and what is not finite become a dash.
 */
export function quantity(kind: QuantityKind, value: number | null | undefined): Quantity {
  if (value === null || value === undefined || !Number.isFinite(value)) return noQuantity;
  switch (kind) {
    case 'duration':
      return stepped(value, durationSteps, 'ms');
    case 'bytes':
      return stepped(value, byteSteps, 'B');
    case 'count':
      return count(value);
    case 'rate':
      return { ...count(value), unit: '/s' };
    case 'share':
      return { text: digits(value * 100), unit: '%' };
    case 'plain':
      return { text: digits(value), unit: '' };
    default:
      return assertNever(kind);
  }
}

export function quantityText(kind: QuantityKind, value: number | null | undefined): string {
  const { text, unit } = quantity(kind, value);
  return unit === '' ? text : `${text}${unit === '/s' ? '' : ' '}${unit}`;
}

function count(value: number): Quantity {
  const size = Math.abs(value);
  // 999.6 rounds to 1000, which belongs to the next step.
  const step = countSteps.find(([from]) => size >= from * 0.9995);
  if (step === undefined) return { text: digits(value), unit: '' };
  return { text: `${digits(value / step[0])}${step[1]}`, unit: '' };
}

function stepped(value: number, steps: readonly Step[], zeroUnit: string): Quantity {
  if (value === 0) return { text: '0', unit: zeroUnit };
  const size = Math.abs(value);
  const step = steps.find(([from]) => size >= from * 0.9995) ?? steps.at(-1);
  if (step === undefined) return noQuantity;
  return { text: digits(value / step[0]), unit: step[1] };
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) return value < 0 ? '> −0.01' : '< 0.01';
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toFixed(places);
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return trimmed === '-0' ? '0' : trimmed.replace('-', '−');
}

function assertNever(value: never): never {
  throw new Error(`unreachable quantity ${String(value)}`);
}
