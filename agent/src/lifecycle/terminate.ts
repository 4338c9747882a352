import { isMainThread } from 'node:worker_threads';

/**
 * SIGTERM left to Node ends the process before a line of ours could run. While the app has no listener of its own we are
 * the one: what waits is sent, then the signal is raised again with nobody listening, so that the process ends by the
 * signal (143 in a shell) as it would have. The app's own listener takes the place of ours at once, so that
 * whoever counts listeners (signal-exit) finds those of the app alone. A second signal ends the process at once.
 */
export function flushOnUnhandledTermination(flush: () => Promise<void>): () => void {
  // Threads get no signals.
  if (!isMainThread) return () => undefined;
  let isListening = false;
  let isEnding = false;

  const raise = (): void => {
    leave();
    process.kill(process.pid, SIGNAL);
    // Still here: process 1 of a container, whom no default ends. It goes on as it would have, and so do we.
    setTimeout(() => {
      isEnding = false;
      if (process.listenerCount(SIGNAL) === 0) listen();
    }, REARM_MS).unref();
  };
  const onSignal = (): void => {
    if (isEnding) return raise();
    isEnding = true;
    void flush().finally(raise);
  };
  const listen = (): void => {
    if (isListening) return;
    isListening = true;
    process.on(SIGNAL, onSignal);
  };
  const leave = (): void => {
    isListening = false;
    process.off(SIGNAL, onSignal);
  };
  const onAdded = (name: string | symbol, listener: unknown): void => {
    if (name !== SIGNAL || listener === onSignal) return;
    // Not before theirs is in: with none for a moment Node would give the signal back to the system, and not take it again.
    process.nextTick(() => {
      if (process.listenerCount(SIGNAL) > 1) leave();
    });
  };
  const onRemoved = (name: string | symbol, listener: unknown): void => {
    if (name !== SIGNAL || listener === onSignal || isEnding) return;
    if (process.listenerCount(SIGNAL) === 0) listen();
  };
  process.on('newListener', onAdded);
  process.on('removeListener', onRemoved);
  if (process.listenerCount(SIGNAL) === 0) listen();
  return () => {
    process.off('newListener', onAdded);
    process.off('removeListener', onRemoved);
    leave();
  };
}

const SIGNAL = 'SIGTERM';
const REARM_MS = 100;
