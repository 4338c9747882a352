import { expect, it } from 'vitest';
import type { QuantityKind } from './quantity.ts';
import { quantityText } from './quantity.ts';

const rows: readonly [QuantityKind, number | null, string][] = [
  ['duration', 0, '0 ms'],
  ['duration', 0.0000004, '0.4 ns'],
  ['duration', 0.00025, '250 ns'],
  ['duration', 0.412, '412 µs'],
  ['duration', 9.876, '9.88 ms'],
  ['duration', 480.4, '480 ms'],
  ['duration', 999.7, '1 s'],
  ['duration', 1240, '1.24 s'],
  ['duration', 90_000, '1.5 min'],
  ['duration', 7_200_000, '2 h'],
  ['duration', -40, '−40 ms'],
  ['bytes', 0, '0 B'],
  ['bytes', 1536, '1.54 kB'],
  ['bytes', 3.2e12, '3.2 TB'],
  ['count', 7, '7'],
  ['count', 999.6, '1k'],
  ['count', 12_345, '12.3k'],
  ['count', 4_200_000, '4.2M'],
  ['rate', 18.25, '18.3/s'],
  ['rate', 0.002, '< 0.01/s'],
  ['share', 0.615, '61.5 %'],
  ['share', 1, '100 %'],
  ['share', 0, '0 %'],
  ['plain', 60, '60'],
  ['plain', 2.5, '2.5'],
  ['duration', null, '–'],
  ['count', Number.NaN, '–'],
];

it.each(rows)('shows %s %d as %s', (kind, value, text) => {
  expect(quantityText(kind, value)).toBe(text);
});
