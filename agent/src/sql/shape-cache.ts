import type { SqlDialect } from './types.ts';

/** Shapes kept at most, over both generations. */
export const SHAPES_MAX = 4_096;
/** Longer texts are scanned every time, so that the cache stays small in bytes too. */
const CACHED_TEXT_MAX = 4_096;

interface Entry<Kept> {
  readonly dialect: SqlDialect;
  readonly kept: Kept;
}

/** Two generations: what is used again survives, the rest goes half a cache at a time, without bookkeeping per hit. */
export class ShapeCache<Kept> {
  #young = new Map<string, Entry<Kept>>();
  #old = new Map<string, Entry<Kept>>();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(text: string, dialect: SqlDialect): Kept | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young.dialect === dialect ? young.kept : undefined;
    const old = this.#old.get(text);
    if (old === undefined || old.dialect !== dialect) return undefined;
    this.#add(text, old);
    return old.kept;
  }

  set(text: string, dialect: SqlDialect, kept: Kept): void {
    if (text.length > CACHED_TEXT_MAX) return;
    // A copy in the old half is never looked at again: the young one stands before it.
    this.#add(text, { dialect, kept });
  }

  #add(text: string, entry: Entry<Kept>): void {
    if (this.#young.size >= SHAPES_MAX / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, entry);
  }
}
