import type { SqlDialect, SqlShape } from './types.ts';

/** Shapes kept at most, over both generations. */
export const SHAPES_MAX = 4_096;
/** Longer texts are scanned every time, so that the cache stays small in bytes too. */
const CACHED_TEXT_MAX = 4_096;

interface Entry {
  readonly dialect: SqlDialect;
  readonly shape: SqlShape;
}

/** Two generations: what is used again survives, the rest goes half a cache at a time, without bookkeeping per hit. */
export class ShapeCache {
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(text: string, dialect: SqlDialect): SqlShape | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young.dialect === dialect ? young.shape : undefined;
    const old = this.#old.get(text);
    if (old === undefined || old.dialect !== dialect) return undefined;
    this.#old.delete(text);
    this.#add(text, old);
    return old.shape;
  }

  set(text: string, dialect: SqlDialect, shape: SqlShape): void {
    if (text.length > CACHED_TEXT_MAX) return;
    this.#old.delete(text);
    this.#add(text, { dialect, shape });
  }

  #add(text: string, entry: Entry): void {
    if (this.#young.size >= SHAPES_MAX / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, entry);
  }
}
