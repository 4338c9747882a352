// Promise: pure. What is known a slot becomes what is known a window, in one pass whatever the length of the window.

export interface Slots {
  /** Ascending, without gaps' slots. */
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface Sliding {
  readonly ticks: number;
  readonly stride: number;
  readonly width: number;
}

/** Sum over each window; 0 where it holds nothing. */
export function slideSum({ at, values }: Slots, { ticks, stride, width }: Sliding): Float64Array {
  const sums = new Float64Array(ticks);
  // Added and taken away again a float would not come back to where it was: each sum starts from a prefix.
  const prefix = new Float64Array(at.length + 1);
  at.forEach((_, index) => {
    prefix[index + 1] = (prefix[index] ?? 0) + (values[index] ?? 0);
  });
  let from = 0;
  let to = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    while (to < at.length && (at[to] ?? 0) < start + width) to += 1;
    while (from < to && (at[from] ?? 0) < start) from += 1;
    sums[tick] = from === to ? 0 : (prefix[to] ?? 0) - (prefix[from] ?? 0);
  }
  return sums;
}

/** Largest (or smallest) value of each window; NaN where it holds nothing. */
export function slideExtreme(
  { at, values }: Slots,
  { ticks, stride, width }: Sliding,
  side: 'max' | 'min',
): Float64Array {
  const extremes = new Float64Array(ticks).fill(Number.NaN);
  const sign = side === 'max' ? 1 : -1;
  const valueOf = (index: number) => sign * (values[index] ?? Number.NEGATIVE_INFINITY * sign);
  // Indexes whose value no later one has reached: the first is the extreme.
  const queue: number[] = [];
  let head = 0;
  let to = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    for (; to < at.length && (at[to] ?? 0) < start + width; to += 1) {
      while (queue.length > head && valueOf(queue.at(-1) ?? 0) <= valueOf(to)) queue.pop();
      queue.push(to);
    }
    while (head < queue.length && (at[queue[head] ?? 0] ?? 0) < start) head += 1;
    const index = queue[head];
    if (index !== undefined) extremes[tick] = values[index] ?? Number.NaN;
  }
  return extremes;
}

/** The value of the last slot of each window that has one; NaN where it holds nothing. */
export function slideLast({ at, values }: Slots, { ticks, stride, width }: Sliding): Float64Array {
  const lasts = new Float64Array(ticks).fill(Number.NaN);
  let to = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    while (to < at.length && (at[to] ?? 0) < start + width) to += 1;
    if (to > 0 && (at[to - 1] ?? 0) >= start) lasts[tick] = values[to - 1] ?? Number.NaN;
  }
  return lasts;
}
