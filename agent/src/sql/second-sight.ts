/** Power of two. Two statements that share a slot and come by turns are scanned every time; with a cache behind it, few do. */
const SLOTS = 8_192;

/**
 * Whether something comes for the second time, as far as its slot was not taken meanwhile: of statements with a value in
 * their text most come once, and to keep each of them would cost a seventh of its scan.
 */
export class SecondSight {
  readonly #last = new Int32Array(SLOTS);

  isSecond(key: number): boolean {
    const slot = (key ^ (key >>> 16)) & (SLOTS - 1);
    if (this.#last[slot] === key) return true;
    this.#last[slot] = key;
    return false;
  }
}
