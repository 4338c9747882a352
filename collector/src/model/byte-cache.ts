interface Slot<V> {
  readonly key: Uint8Array;
  readonly salt: number;
  readonly value: V;
}

/**
 * Values by a range of bytes, without making a string of it. One slot a hash: a newcomer takes the place of whoever is there,
 * so it never holds more than `slots` entries and never has to be swept.
 */
export class ByteCache<V> {
  readonly #slots: (Slot<V> | undefined)[];
  readonly #mask: number;

  /** `slots` is a power of two. */
  constructor(slots: number) {
    this.#slots = Array.from<Slot<V> | undefined>({ length: slots });
    this.#mask = slots - 1;
  }

  /** `salt` tells apart equal bytes of different meaning. */
  get(bytes: Uint8Array, range: ByteRange, salt = 0): V | undefined {
    const slot = this.#slots[hashBytes(bytes, range.start, range.end) & this.#mask];
    if (slot === undefined || slot.salt !== salt) return undefined;
    const key = slot.key;
    const start = range.start;
    const length = range.end - start;
    if (key.length !== length) return undefined;
    for (let i = 0; i < length; i++) if (key[i] !== bytes[start + i]) return undefined;
    return slot.value;
  }

  set(bytes: Uint8Array, range: ByteRange, entry: { readonly salt?: number; readonly value: V }): void {
    const index = hashBytes(bytes, range.start, range.end) & this.#mask;
    const key = bytes.slice(range.start, range.end);
    this.#slots[index] = { key, salt: entry.salt ?? 0, value: entry.value };
  }

  clear(): void {
    this.#slots.fill(undefined);
  }
}

export interface ByteRange {
  start: number;
  end: number;
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export function bytesEqual(left: Uint8Array, range: ByteRange, right: Uint8Array): boolean {
  const length = range.end - range.start;
  if (length !== right.length) return false;
  for (let i = 0; i < length; i++) if (left[range.start + i] !== right[i]) return false;
  return true;
}
