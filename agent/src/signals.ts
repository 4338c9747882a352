/** What the agent does beside spans: the end of the process, uncaught errors, console lines, its own `/metrics`. */
import { isMainThread } from 'node:worker_threads';
import type { AgentConfig } from './config.ts';
import type { ExportPipeline } from './export/pipeline.ts';
import { followProcess } from './lifecycle.ts';
import type { Flushable } from './lifecycle.ts';
import type { AgentLog } from './log.ts';
import { watchConsole } from './logs/console-lines.ts';
import { serveMetrics } from './metrics/metrics-server.ts';
import { requestOf } from './tracker/tracked-request.ts';

export interface SignalParts extends Flushable {
  readonly config: AgentConfig;
  readonly pipeline: ExportPipeline;
  readonly tracker: { readonly forceFlush: () => Promise<void> };
  readonly log: AgentLog;
}

export function startSignals({ config, pipeline, tracker, log, ...flushable }: SignalParts): {
  readonly unfollow: () => void;
} {
  const { unfollow } = followProcess({
    ...flushable,
    takeLetters: () => {
      // Entry spans that are held back for late work are handed on at once, before it returns.
      void tracker.forceFlush();
      return pipeline.takeLetters();
    },
    entryOf: (span) => {
      const request = requestOf(span);
      return typeof request === 'object' ? request.entry : undefined;
    },
    isTerminationFollowed: config.isTerminationFollowed,
  });
  const stopConsole = watchConsole(config.consoleLines, pipeline.loggers);
  const server =
    // One address a process: its threads would quarrel over it.
    config.metricsAddress === undefined || !isMainThread
      ? undefined
      : serveMetrics(config.metricsAddress, { collect: pipeline.collect, warn: log.warn });
  return {
    unfollow: () => {
      unfollow();
      stopConsole();
      server?.close();
    },
  };
}
