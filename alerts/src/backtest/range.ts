import type { Labels, Signal } from '../../schema/index.ts';

/** What a signal was at every tick of a range. */
export interface RangeQuery {
  readonly signal: Signal;
  readonly groupBy: readonly string[];
  readonly windowMs: number;
  /** End of the window of the first tick, epoch ms; those of the others follow every `everyMs`. */
  readonly firstToMs: number;
  readonly everyMs: number;
  readonly ticks: number;
  /** The busiest groups of the range, so many. */
  readonly groupsMax: number;
  /**
   * Values at or below need not be exact, only not less than they are, and those of fewer samples than that need not be
   * there at all: what costs is left out where it cannot change a verdict. Absent: every value is exact.
   */
  readonly exactFrom?: { readonly above: number; readonly samples: number };
  /** Only these groups. */
  readonly only?: readonly Labels[];
}

export interface RangeGroup {
  readonly labels: Labels;
  /** One a tick; NaN where there is data but no value, anything where there is no data. */
  readonly values: Float64Array;
  /** One a tick; 0 where there is no data. */
  readonly samples: Uint32Array;
  /** 1 where the value is only known to be no greater. */
  readonly bounds?: Uint8Array;
}

export interface RangeReading {
  /** The busiest first. */
  readonly groups: readonly RangeGroup[];
  readonly groupsSeen: number;
  /** exact: windows as asked for. minute: their ends are rounded down to whole minutes. */
  readonly resolution: 'exact' | 'minute';
}

/** Reads a whole range at once. Rejects when a query fails. */
export interface RangeSource {
  /** 1: every tick is read. More: this signal is expensive, and only every so many ticks are. */
  strideOf(signal: Signal, ticks: number): number;
  readRange(query: RangeQuery, signal: AbortSignal): Promise<RangeReading>;
}
