import { z } from 'zod';
import type { Sliding } from './slide.ts';
import { slideExtreme, slideLast, slideSum } from './slide.ts';
import type { SlotForm } from './slot-parts.ts';

/** Millions of them a preview: looked at one by one in a plain loop. */
export const integers = z.custom<readonly number[]>((it) => isListOf(it, (item) => typeof item === 'number'));
export const figures = z.custom<readonly (number | null)[]>((it) =>
  isListOf(it, (item) => typeof item === 'number' || item === null),
);

/** Slots of one series, in no order. */
export const slotsRow = z.object({
  labels: z.array(z.string()),
  slots: integers,
  samples: integers,
  a: figures,
  b: figures,
});
export type SlotsRow = z.infer<typeof slotsRow>;

export interface WindowGrid extends Sliding {
  readonly slots: number;
}

export interface Windows {
  readonly samples: Float64Array;
  readonly values: Float64Array;
}

/** Samples and value of each window; windows without samples have no value. */
export function windowsOf(form: SlotForm, row: SlotsRow, grid: WindowGrid): Windows {
  const samples = slideSum(spread(row.slots, row.samples, { slots: grid.slots, empty: 0 }), grid);
  return { samples, values: valuesOf(form, row, grid) };
}

function valuesOf(form: SlotForm, row: SlotsRow, grid: WindowGrid): Float64Array {
  const { slots } = grid;
  const sums = (of: SlotsRow['a']) => slideSum(spread(row.slots, of, { slots, empty: 0 }), grid);
  const singles = () => spread(row.slots, row.a, { slots, empty: Number.NaN });
  switch (form.kind) {
    case 'sum':
      return sums(row.a).map((sum) => sum * form.scale);
    case 'ratio': {
      const wholes = sums(row.b);
      return sums(row.a).map((sum, tick) => (form.scale * sum) / (wholes[tick] ?? 0));
    }
    case 'max':
    case 'min':
      return slideExtreme(singles(), grid, form.kind);
    case 'bound':
      return slideExtreme(singles(), grid, 'max');
    case 'last':
      return slideLast(singles(), grid);
    default:
      return assertNever(form);
  }
}

function isListOf(list: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isItem);
}

function spread(
  at: readonly number[],
  values: SlotsRow['a'],
  { slots, empty }: { readonly slots: number; readonly empty: number },
): Float64Array {
  const dense = new Float64Array(slots);
  if (empty !== 0) dense.fill(empty);
  for (let index = 0; index < at.length; index += 1) dense[at[index] ?? 0] = values[index] ?? empty;
  return dense;
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
