/** Keys of slow calls that are remembered; beyond it all are forgotten and learnt again. */
const KEYS_MAX = 500;
const FIRST_CALLS = 4;
const EVERY = 16;

/**
 * Over all requests: calls that were slow once, so that the line of the next is worth a stack although nothing repeats. The
 * first few are read, then one in sixteen: the line does not change, and a stack costs 5 to 15 µs.
 */
export class SlowCalls {
  readonly #seen = new Map<string, number>();

  noteSlow(key: string): void {
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= KEYS_MAX) this.#seen.clear();
    this.#seen.set(key, 0);
  }

  isDue(key: string): boolean {
    if (this.#seen.size === 0) return false;
    const calls = this.#seen.get(key);
    if (calls === undefined) return false;
    this.#seen.set(key, calls + 1);
    return calls < FIRST_CALLS || calls % EVERY === 0;
  }
}
