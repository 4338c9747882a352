// Promise: pure. What is known a slot becomes what is known a window, in one pass whatever the length of the window.

export interface Sliding {
  readonly ticks: number;
  /** Slots from one window to the next. */
  readonly stride: number;
  /** Slots of a window. */
  readonly width: number;
}

/** Sum over each window of slots that hold 0 where there is nothing. */
export function slideSum(slots: Float64Array, { ticks, stride, width }: Sliding): Float64Array {
  const sums = new Float64Array(ticks);
  if (width === 1) return sums.map((_, tick) => slots[tick * stride] ?? 0);
  // Added and taken away again a float would not come back to where it was: each sum starts from a prefix.
  const prefix = new Float64Array(slots.length + 1);
  for (let slot = 0; slot < slots.length; slot += 1)
    prefix[slot + 1] = (prefix[slot] ?? 0) + (slots[slot] ?? 0);
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    sums[tick] = (prefix[start + width] ?? 0) - (prefix[start] ?? 0);
  }
  return sums;
}

/** Largest (or smallest) value of each window; slots and windows that hold nothing are NaN. */
export function slideExtreme(slots: Float64Array, sliding: Sliding, side: 'max' | 'min'): Float64Array {
  const { ticks, stride, width } = sliding;
  const extremes = new Float64Array(ticks);
  const isBeaten = side === 'max' ? (a: number, b: number) => a <= b : (a: number, b: number) => a >= b;
  // Slots whose value no later one has reached, in order: the first is the extreme.
  const queue = new Int32Array(slots.length);
  let head = 0;
  let tail = 0;
  let next = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    for (; next < start + width; next += 1) {
      const value = slots[next] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      while (tail > head && isBeaten(slots[queue[tail - 1] ?? 0] ?? 0, value)) tail -= 1;
      queue[tail] = next;
      tail += 1;
    }
    while (head < tail && (queue[head] ?? 0) < start) head += 1;
    extremes[tick] = head < tail ? (slots[queue[head] ?? 0] ?? Number.NaN) : Number.NaN;
  }
  return extremes;
}

/** The value of the last slot of each window that has one; NaN where none has. */
export function slideLast(slots: Float64Array, { ticks, stride, width }: Sliding): Float64Array {
  const lasts = new Float64Array(ticks);
  let next = 0;
  let last = -1;
  for (let tick = 0; tick < ticks; tick += 1) {
    const start = tick * stride;
    for (; next < start + width; next += 1) if (!Number.isNaN(slots[next] ?? Number.NaN)) last = next;
    lasts[tick] = last >= start ? (slots[last] ?? Number.NaN) : Number.NaN;
  }
  return lasts;
}
