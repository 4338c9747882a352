/** Traces that are waited for, until they are due. Bounded: what does not fit is due at once. */
export class Waiting {
  readonly #dueS = new Map<string, { readonly dueS: number; readonly sinceS: number }>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** False when there is no room. */
  add(traceId: string, until: { readonly dueS: number; readonly sinceS: number }): boolean {
    if (this.#dueS.size >= this.#max && !this.#dueS.has(traceId)) return false;
    this.#dueS.set(traceId, until);
    return true;
  }

  /** Those due by now, at most `max`; they are still waited for until `remove`d. */
  due(nowS: number, max: number): string[] {
    const ids: string[] = [];
    for (const [traceId, { dueS }] of this.#dueS) {
      if (dueS <= nowS) ids.push(traceId);
      if (ids.length >= max) break;
    }
    return ids;
  }

  remove(traceId: string): void {
    this.#dueS.delete(traceId);
  }

  has(traceId: string): boolean {
    return this.#dueS.has(traceId);
  }

  /** First arrival of the oldest: after a restart the sweep begins again there. */
  oldestS(): number | undefined {
    let oldest: number | undefined;
    for (const { sinceS } of this.#dueS.values()) oldest = Math.min(oldest ?? sinceS, sinceS);
    return oldest;
  }

  get size(): number {
    return this.#dueS.size;
  }
}

/** How many spans a trace had when it was last judged; the longest known are forgotten first. */
export class Judged {
  readonly #spans = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  isSame(traceId: string, spans: number): boolean {
    return this.#spans.get(traceId) === spans;
  }

  has(traceId: string): boolean {
    return this.#spans.has(traceId);
  }

  note(traceId: string, spans: number): void {
    this.#spans.delete(traceId);
    this.#spans.set(traceId, spans);
    if (this.#spans.size <= this.#max) return;
    for (const oldest of this.#spans.keys()) {
      this.#spans.delete(oldest);
      break;
    }
  }
}
