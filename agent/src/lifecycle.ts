/**
 * Ends the agent with the process without changing how the process ends: exit code, signal, the text on stderr and the
 * order of the app's own handlers stay what they were, and a dead collector costs at most `FINAL_FLUSH_MS`.
 *
 *   the loop runs empty      beforeExit  what waits is sent while the loop turns once more
 *   process.exit, a crash    exit        what waits is sent by a thread that this one waits for
 *   SIGTERM, nobody listens  SIGTERM     what waits is sent, then the signal is raised again
 */
import type { Span } from '@opentelemetry/api';
import { sendAtOnce } from './lifecycle/send-at-once.ts';
import type { Letter } from './lifecycle/send-at-once.ts';
import { flushOnUnhandledTermination } from './lifecycle/terminate.ts';
import { watchUncaught } from './lifecycle/uncaught.ts';

export interface Flushable {
  readonly flush: () => Promise<void>;
  readonly stopRetrying: () => void;
  readonly close: () => void;
}

export interface Followed extends Flushable {
  /** Synchronous: all that is still waiting, ready to be posted. */
  readonly takeLetters: () => readonly Letter[];
  readonly entryOf: (span: Span) => Span | undefined;
  readonly isTerminationFollowed: boolean;
}

const FINAL_FLUSH_MS = 400;

export function followProcess(agent: Followed): { readonly unfollow: () => void } {
  const uncaught = watchUncaught({ entryOf: agent.entryOf });
  const onBeforeExit = (): void => {
    process.off('beforeExit', onBeforeExit);
    uncaught.forget();
    void flushAndClose(agent);
  };
  const onExit = (): void => {
    try {
      uncaught.endBroken();
      sendAtOnce(agent.takeLetters(), FINAL_FLUSH_MS);
    } catch {
      // Nothing of ours may stand in the way of the end.
    }
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  const leaveSignal = agent.isTerminationFollowed
    ? flushOnUnhandledTermination(() => flushInTime(agent))
    : () => undefined;
  return {
    unfollow: () => {
      process.off('beforeExit', onBeforeExit);
      process.off('exit', onExit);
      uncaught.stop();
      leaveSignal();
    },
  };
}

/** Resolves after at most `FINAL_FLUSH_MS`. */
export async function flushAndClose(agent: Flushable): Promise<void> {
  agent.stopRetrying();
  await flushInTime(agent);
  agent.close();
}

/** Its timer is what keeps the process alive until then. */
async function flushInTime({ flush }: Flushable): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FINAL_FLUSH_MS);
  });
  await Promise.race([flush().catch(() => undefined), late]);
  clearTimeout(timer);
}
