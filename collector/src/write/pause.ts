/** Waits that all end at once when it is time to stop. */
export class Pause {
  readonly #waiting = new Set<() => void>();
  #isEnded = false;

  async wait(ms: number): Promise<void> {
    if (this.#isEnded) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      this.#waiting.add(end);
    });
  }

  end(): void {
    this.#isEnded = true;
    for (const end of this.#waiting) end();
  }
}
