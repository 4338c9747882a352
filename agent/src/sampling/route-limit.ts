/** With which probability to keep one more request of this route. */
export type RouteLimit = (route: string) => number;

export interface RouteLimitPorts {
  readonly requestsPerMinute: number;
  readonly nowMs: () => number;
}

const MINUTE_MS = 60_000;
const ROUTES_MAX = 1_000;
/** Routes beyond the limit share one allowance. */
const OTHERS = '';

/**
 * About so many requests of a route a minute, as a probability and not as "the first so many", which would know nothing of
 * the rest of the minute. It depends on arrivals alone, never on what was taken, so that 1 / probability is a true weight.
 * A route at a steady rate gives its limit; one that jumps to `n` gives at most `limit * (1 + ln(n / limit))` in its first minute.
 */
export function createRouteLimit({ requestsPerMinute, nowMs }: RouteLimitPorts): RouteLimit {
  let minute = Math.floor(nowMs() / MINUTE_MS);
  let arrivals = new Map<string, number>();
  let before = new Map<string, number>();
  return (route) => {
    const current = Math.floor(nowMs() / MINUTE_MS);
    if (current !== minute) {
      before = current === minute + 1 ? arrivals : new Map();
      arrivals = new Map();
      minute = current;
    }
    const key = arrivals.has(route) || arrivals.size < ROUTES_MAX ? route : OTHERS;
    const seen = (arrivals.get(key) ?? 0) + 1;
    arrivals.set(key, seen);
    return Math.min(1, requestsPerMinute / Math.max(seen, before.get(key) ?? 0));
  };
}
