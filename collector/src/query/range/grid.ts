import type { RangeQuery } from '@nightjar/alerts';

/**
 * Time cut into slots, so that the window of every tick is whole slots: tick j covers the slots
 * [j * stride, j * stride + width). Slots are counted from the start of the first window.
 */
export interface SlotGrid {
  readonly originMs: number;
  readonly slotMs: number;
  /** Slots from one tick to the next. */
  readonly stride: number;
  /** Slots of a window. */
  readonly width: number;
  readonly ticks: number;
}

/** Some ticks in a row, and the time their windows cover. */
export interface Chunk {
  readonly firstTick: number;
  readonly ticks: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whether windows and steps are whole minutes, so that rollups can answer. */
export function fitsMinutes({ windowMs, everyMs }: RangeQuery): boolean {
  return windowMs % minuteMs === 0 && everyMs % minuteMs === 0;
}

/** On minutes the end of each window is rounded down to the minute. */
export function slotGrid(query: RangeQuery, unit: 'minutes' | 'exact'): SlotGrid {
  const { windowMs, everyMs, ticks } = query;
  const endMs = unit === 'minutes' ? Math.floor(query.firstToMs / minuteMs) * minuteMs : query.firstToMs;
  const slotMs = greatestCommonDivisor(windowMs, everyMs);
  return {
    slotMs,
    ticks,
    originMs: endMs - windowMs,
    stride: everyMs / slotMs,
    width: windowMs / slotMs,
  };
}

/** About a day each: what one statement holds in memory stays small, and the process answers others in between. */
export function chunksOf({ originMs, slotMs, stride, width, ticks }: SlotGrid): Chunk[] {
  const everyMs = stride * slotMs;
  const windowMs = width * slotMs;
  const size = Math.max(1, Math.ceil(Math.max(dayMs, windowMs) / everyMs));
  const chunks: Chunk[] = [];
  for (let firstTick = 0; firstTick < ticks; firstTick += size) {
    const count = Math.min(size, ticks - firstTick);
    const fromMs = originMs + firstTick * everyMs;
    chunks.push({ firstTick, ticks: count, fromMs, toMs: fromMs + (count - 1) * everyMs + windowMs });
  }
  return chunks;
}

/** Number of slots in a chunk. */
export function slotsIn({ stride, width }: SlotGrid, { ticks }: Chunk): number {
  return (ticks - 1) * stride + width;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
