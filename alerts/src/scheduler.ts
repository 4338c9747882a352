import type { Logger } from 'pino';
import type { Grouper } from './delivery/grouper.ts';
import type { Watchdog } from './delivery/watchdog.ts';
import type { DeliveryWorker } from './delivery/worker.ts';
import type { Engine } from './engine.ts';
import type { AlertStore, Now } from './ports.ts';

export const pollEveryMs = 1_000;
export const pruneEveryMs = 3_600_000;
export const historyKeptMs = 30 * 86_400_000;

export interface SchedulerOptions {
  readonly engine: Engine;
  readonly worker: Pick<DeliveryWorker, 'channels' | 'drain'>;
  readonly grouper?: Grouper;
  readonly watchdog?: Watchdog;
  readonly store: AlertStore;
  readonly now: Now;
  readonly log: Logger;
  readonly pollEveryMs?: number;
}

export interface Scheduler {
  start(): void;
  /** Takes no more work and waits for what is under way; at most one read or one attempt long. */
  stop(): Promise<void>;
}

/** Evaluation, each channel and the tidying run side by side: none waits for another. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { engine, worker, grouper, watchdog, store, now, log } = options;
  const everyMs = options.pollEveryMs ?? pollEveryMs;
  let stops: (() => Promise<void>)[] = [];
  let stopping = new AbortController();

  return {
    start: () => {
      if (stops.length > 0) return;
      stopping = new AbortController();
      const { signal } = stopping;
      stops = [
        loop(everyMs, async () => await engine.tick(now())),
        ...worker.channels.map((channel) => loop(everyMs, async () => await worker.drain(channel, signal))),
        ...(grouper === undefined ? [] : [loop(everyMs, async () => await grouper.flush())]),
        ...(watchdog === undefined ? [] : [loop(everyMs, async () => await watchdog.beat())]),
        loop(pruneEveryMs, async () => await store.prune(now() - historyKeptMs)),
      ];
    },
    stop: async () => {
      stopping.abort();
      const ending = stops;
      stops = [];
      await Promise.all(ending.map(async (end) => await end()));
    },
  };

  function loop(pauseMs: number, work: () => Promise<unknown>): () => Promise<void> {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    let running = round();
    return async () => {
      isOver = true;
      clearTimeout(timer);
      await running;
    };

    async function round(): Promise<void> {
      try {
        await work();
      } catch (error) {
        log.error({ err: error }, 'alerting round failed, it is tried again');
      }
      if (isOver) return;
      timer = setTimeout(() => {
        running = round();
      }, pauseMs);
      timer.unref();
    }
  }
}
