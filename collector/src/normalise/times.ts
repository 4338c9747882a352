const TWO_32 = 4294967296;
/** Before this nobody sent OTLP: a zero, a wrong unit or a dead clock battery. */
const EARLIEST_NS = Date.UTC(2000, 0, 1) * 1e6;
const FUTURE_NS = 86_400_000 * 1e6;

/** When the request arrived, in the forms that rows need. Set once a request. */
export class Arrival {
  seconds = 0;
  ms = 0;
  low = 0;
  high = 0;
  #latestNs = 0;

  set(nowMs: number): void {
    if (nowMs === this.ms) return;
    this.ms = nowMs;
    this.seconds = Math.floor(nowMs / 1000);
    const ns = BigInt(Math.floor(nowMs)) * 1_000_000n;
    this.low = Number(ns & 0xffffffffn);
    this.high = Number(ns >> 32n);
    this.#latestNs = nowMs * 1e6 + FUTURE_NS;
  }

  /** Whether a time is one that can have been meant. */
  isPlausible(low: number, high: number): boolean {
    const ns = high * TWO_32 + low;
    return ns >= EARLIEST_NS && ns <= this.#latestNs;
  }
}

export function isBefore(left: { low: number; high: number }, right: { low: number; high: number }): boolean {
  return left.high === right.high ? left.low < right.low : left.high < right.high;
}
