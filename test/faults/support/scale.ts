/** How much of a fault test is run: the quick form is for CI, the full one by hand: `NIGHTJAR_FAULTS=full`. */
const isFull = process.env['NIGHTJAR_FAULTS'] === 'full';

export function scaled(counts: { readonly quick: number; readonly full: number }): number {
  return isFull ? counts.full : counts.quick;
}

/** For tests whose full form takes long. */
export const timeoutMs = isFull ? 4 * 3_600_000 : 400_000;
