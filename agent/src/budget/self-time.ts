/** Time that the agent spends in its own steps. */
export interface SelfTime {
  /** For short and frequent steps, none inside another: one in `sampleEvery` is to be timed. */
  readonly isDue: () => boolean;
  /** Such a step. What it throws is the caller's. */
  readonly time: <Result>(step: () => Result) => Result;
  /** For long and rare steps, also inside a sampled one: each is timed. */
  readonly measure: <Result>(step: () => Result) => Result;
  /** Milliseconds since the start, an estimate. */
  readonly totalMs: () => number;
}

export interface SelfTimePorts {
  readonly nowMs: () => number;
  /** A prime, so that no request of so many calls falls in step with it. */
  readonly sampleEvery: number;
}

/** What a sampled step takes beyond this counts once: the thread was most likely taken away, or collected garbage. */
const STEP_MAX_MS = 1;

export function createSelfTime({ nowMs, sampleEvery }: SelfTimePorts): SelfTime {
  let calls = 0;
  let sampledMs = 0;
  let measuredMs = 0;
  return {
    isDue: () => {
      if (++calls < sampleEvery) return false;
      calls = 0;
      return true;
    },
    time: (step) => {
      const startMs = nowMs();
      const measuredBeforeMs = measuredMs;
      try {
        return step();
      } finally {
        const stepMs = nowMs() - startMs - (measuredMs - measuredBeforeMs);
        sampledMs += Math.min(stepMs, STEP_MAX_MS);
        measuredMs += Math.max(stepMs - STEP_MAX_MS, 0);
      }
    },
    measure: (step) => {
      const startMs = nowMs();
      try {
        return step();
      } finally {
        measuredMs += nowMs() - startMs;
      }
    },
    totalMs: () => sampledMs * sampleEvery + measuredMs,
  };
}
