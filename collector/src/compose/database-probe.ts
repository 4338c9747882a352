export interface DatabaseProbe {
  /** What the last answer said; asks again when that is old. Never waits for the database. */
  isReachable(): boolean;
}

/** How old an answer may be before the database is asked again. */
export const probeEveryMs = 2_000;
/** An answer that is out for longer counts as none. */
export const probePatienceMs = 10_000;

/** Keeps health quick and cheap however often it is asked and however slow the database is. */
export function createDatabaseProbe(ping: () => Promise<boolean>, now: () => number): DatabaseProbe {
  let wasReachable = true;
  let answeredMs = Number.NEGATIVE_INFINITY;
  let askedMs: number | undefined;

  async function ask(): Promise<void> {
    try {
      wasReachable = await ping();
    } catch {
      wasReachable = false;
    }
    answeredMs = now();
    askedMs = undefined;
  }

  return {
    isReachable() {
      if (askedMs !== undefined) return wasReachable && now() - askedMs < probePatienceMs;
      if (now() - answeredMs >= probeEveryMs) {
        askedMs = now();
        void ask();
      }
      return wasReachable;
    },
  };
}
