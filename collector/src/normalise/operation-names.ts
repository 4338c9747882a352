import { ByteCache } from '../model/byte-cache.ts';
import { foldPath } from './fold-path.ts';

/** Distinct operations that may come from paths; more become one. */
export const FOLDED_OPERATIONS_MAX = 2000;
export const OTHER = Buffer.from('_other');

/** Names that were made from paths and are therefore as many as clients please: folded, cached, capped. */
export class OperationNames {
  readonly #cache = new ByteCache<Uint8Array>(4096);
  readonly #known = new Set<string>();

  /** `raw` holds a path: `/users/42` or `GET /users/42`. */
  fold(raw: Uint8Array): Uint8Array {
    const range = { start: 0, end: raw.length };
    const cached = this.#cache.get(raw, range);
    if (cached !== undefined) return cached;
    const folded = foldPath(Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('utf8'));
    const value = this.#admit(folded) ? Buffer.from(folded) : OTHER;
    this.#cache.set(raw, range, { value });
    return value;
  }

  #admit(name: string): boolean {
    if (this.#known.has(name)) return true;
    if (this.#known.size >= FOLDED_OPERATIONS_MAX) return false;
    this.#known.add(name);
    return true;
  }
}
