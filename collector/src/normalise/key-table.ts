import { PARAMETER_PREFIX } from './rules.ts';
import type { NormaliseRule } from './rules.ts';

const PREFIX = Buffer.from(PARAMETER_PREFIX);

/** Finds the rule of an attribute key by its bytes. Open addressing over a fixed set: nothing a sender writes grows it. */
export class KeyTable {
  readonly #keys: readonly Uint8Array[];
  readonly #slots: Int16Array;
  readonly #mask: number;
  readonly #parameterRule: number;

  constructor(rules: readonly NormaliseRule[]) {
    this.#keys = rules.map((rule) => Buffer.from(rule.from));
    this.#parameterRule = rules.findIndex((rule) => rule.treatment === 'parameter');
    let size = 64;
    while (size < rules.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int16Array(size).fill(-1);
    for (const [index, key] of this.#keys.entries()) {
      let slot = slotOf(key, 0, key.length) & this.#mask;
      while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index;
    }
  }

  /** Index of the rule, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start) return -1;
    let slot = slotOf(bytes, start, end) & this.#mask;
    let index = this.#slots[slot] ?? -1;
    while (index >= 0) {
      const key = this.#keys[index];
      if (key !== undefined && key.length === end - start && hasAt(bytes, start, key)) return index;
      slot = (slot + 1) & this.#mask;
      index = this.#slots[slot] ?? -1;
    }
    if (end - start > PREFIX.length && hasAt(bytes, start, PREFIX)) return this.#parameterRule;
    return -1;
  }
}

/** Length and four bytes tell the known names apart well enough; the comparison decides. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const last = bytes[end - 1] ?? 0;
  const late = bytes[end - 1 - (length >> 2)] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  return length * 37 + last * 101 + late * 59 + middle * 17 + (bytes[start] ?? 0);
}

function hasAt(bytes: Uint8Array, start: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}
