import type { Logger } from 'pino';
import type { Grouper } from './delivery/grouper.ts';
import type { Watchdog } from './delivery/watchdog.ts';
import type { DeliveryWorker } from './delivery/worker.ts';
import type { Engine } from './engine.ts';
import type { AlertStore, Now } from './ports.ts';

export const pollEveryMs = 1_000;
/** How long a rule may wait for its tick to be noticed. */
export const evaluateEveryMs = 250;
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

/**
 * Evaluation, each channel and the tidying run side by side: none waits for another. What a tick has to say goes out at
 * once; the rounds of a channel are for what could not go before.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { engine, worker, grouper, watchdog, store, now, log } = options;
  const everyMs = options.pollEveryMs ?? pollEveryMs;
  let loops: readonly Loop[] = [];
  let stopping = new AbortController();

  return {
    start: () => {
      if (loops.length > 0) return;
      stopping = new AbortController();
      const { signal } = stopping;
      const drains = worker.channels.map((channel) =>
        startLoop({ log, everyMs, work: async () => await worker.drain(channel, signal) }),
      );
      const evaluate = async () => {
        if ((await engine.tick(now())) > 0) for (const drain of drains) drain.nudge();
      };
      loops = [
        startLoop({ log, everyMs: Math.min(everyMs, evaluateEveryMs), work: evaluate }),
        ...drains,
        ...(grouper === undefined
          ? []
          : [startLoop({ log, everyMs, work: async () => await grouper.flush() })]),
        ...(watchdog === undefined
          ? []
          : [startLoop({ log, everyMs, work: async () => await watchdog.beat() })]),
        startLoop({
          log,
          everyMs: pruneEveryMs,
          work: async () => await store.prune(now() - historyKeptMs),
        }),
      ];
    },
    stop: async () => {
      stopping.abort();
      const ending = loops;
      loops = [];
      await Promise.all(ending.map(async ({ end }) => await end()));
    },
  };
}

interface Loop {
  /** Does the next round at once, or right after the one under way. */
  readonly nudge: () => void;
  readonly end: () => Promise<void>;
}

interface LoopOptions {
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly log: Logger;
}

function startLoop({ everyMs, work, log }: LoopOptions): Loop {
  let isOver = false;
  let isNudged = false;
  let timer: NodeJS.Timeout | undefined;
  let running = round();
  return {
    nudge: () => {
      isNudged = true;
      if (timer !== undefined) again();
    },
    end: async () => {
      isOver = true;
      clearTimeout(timer);
      await running;
    },
  };

  function again(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!isOver) running = round();
  }

  async function round(): Promise<void> {
    isNudged = false;
    try {
      await work();
    } catch (error) {
      log.error({ err: error }, 'alerting round failed, it is tried again');
    }
    if (isOver) return;
    timer = setTimeout(again, isNudged ? 0 : everyMs);
    timer.unref();
  }
}
