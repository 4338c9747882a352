/**
 * Ends the agent with the process without changing how the process ends: no exit code, no default of a signal and no
 * uncaught exception is touched, and a dead collector costs at most `FINAL_FLUSH_MS`.
 */
export interface Flushable {
  readonly flush: () => Promise<void>;
  readonly stopRetrying: () => void;
  readonly close: () => void;
}

const FINAL_FLUSH_MS = 400;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export function followProcess(agent: Flushable): { readonly unfollow: () => void } {
  const onBeforeExit = (): void => {
    process.off('beforeExit', onBeforeExit);
    void flushAndClose(agent);
  };
  process.on('beforeExit', onBeforeExit);
  const stops = SIGNALS.map((signal) => flushOnHandledSignal(signal, agent));
  return {
    unfollow: () => {
      process.off('beforeExit', onBeforeExit);
      for (const stop of stops) stop();
    },
  };
}

/** Resolves after at most `FINAL_FLUSH_MS`. Its timer is what keeps the process alive until then. */
export async function flushAndClose(agent: Flushable): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FINAL_FLUSH_MS);
  });
  agent.stopRetrying();
  await Promise.race([agent.flush().catch(() => undefined), late]);
  clearTimeout(timer);
  agent.close();
}

/**
 * An app that handles the signal usually ends with `process.exit`, which waits for nobody: what waits is sent as soon
 * as the signal comes. Ours is added only while the app has a handler, because a first handler would take away the
 * signal's default, which is to end the process.
 */
function flushOnHandledSignal(signal: NodeJS.Signals, agent: Flushable): () => void {
  let isOurs = false;
  const onSignal = (): void => {
    void agent.flush().catch(() => undefined);
  };
  const onAdded = (name: string | symbol, listener: unknown): void => {
    if (name !== signal || listener === onSignal || isOurs) return;
    isOurs = true;
    process.prependListener(signal, onSignal);
  };
  const onRemoved = (name: string | symbol): void => {
    if (name !== signal || !isOurs || process.listenerCount(signal) > 1) return;
    isOurs = false;
    process.off(signal, onSignal);
  };
  process.on('newListener', onAdded);
  process.on('removeListener', onRemoved);
  return () => {
    process.off('newListener', onAdded);
    process.off('removeListener', onRemoved);
    process.off(signal, onSignal);
  };
}
