import type { Logger } from 'pino';
import type { FirstSpanStore } from '../state/driver.ts';

export interface SpanTimes {
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

export interface SpanClock {
  /** Spans were acknowledged just now. */
  arrived(): void;
  /** What the tables hold now: on a shared server others bring spans too. */
  stored(times: SpanTimes): void;
  /** Times of arrival here, or where nothing arrived since the start, of what is stored. */
  read(): SpanTimes;
}

export interface SpanClockOptions {
  readonly store: FirstSpanStore;
  /** What the tables held at the start. */
  readonly stored: SpanTimes;
  readonly now: () => number;
  readonly log: Logger;
}

/** Remembers for ever that a first span came, so that the dashboard leaves its first-run page once. */
export async function createSpanClock({ store, stored, now, log }: SpanClockOptions): Promise<SpanClock> {
  let firstMs = (await store.load()) ?? stored.firstMs;
  let lastMs = stored.lastMs;

  function begin(atMs: number): void {
    if (firstMs !== null) return;
    firstMs = atMs;
    log.info({}, 'the first span arrived');
    store.note(atMs).catch((err: unknown) => log.warn({ err }, 'the first span could not be noted'));
  }

  return {
    read: () => ({ firstMs, lastMs }),
    arrived() {
      lastMs = now();
      begin(lastMs);
    },
    stored(times) {
      if (times.lastMs !== null) lastMs = Math.max(lastMs ?? 0, times.lastMs);
      if (times.firstMs !== null) begin(times.firstMs);
    },
  };
}
