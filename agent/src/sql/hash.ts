export const LOW_SEED = 0x811c9dc5 | 0;
export const HIGH_SEED = 0x9e3779b9 | 0;

/** 64 bits as two 32-bit lanes; not cryptographic, stable across processes and releases. */
export class Hash64 {
  #low = LOW_SEED;
  #high = HIGH_SEED;

  restart(): void {
    this.#low = LOW_SEED;
    this.#high = HIGH_SEED;
  }

  add(part: string): this {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      low = addLow(low, code);
      high = addHigh(high, code);
    }
    this.#low = Math.imul(low ^ 0x1f, 0x01000193);
    this.#high = Math.imul(high ^ 0x1f, 0x85ebca6b) ^ (high >>> 13);
    return this;
  }

  /** 16 hex digits. */
  hex(): string {
    return hexOf(this.#low, this.#high);
  }
}

/** Two lanes of a hash, character by character; the lower one is FNV-1a. */
export function addLow(low: number, code: number): number {
  return Math.imul(low ^ code, 0x01000193);
}

export function addHigh(high: number, code: number): number {
  return Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
}

/** Both lanes as 16 hex digits. */
export function hexOf(low: number, high: number): string {
  return hex64(avalanche(high), avalanche(low ^ high));
}

/** Hash of some strings as 16 hex digits; the order and the boundaries of the parts count. */
export function hashOf(...parts: readonly string[]): string {
  const hash = new Hash64();
  for (const part of parts) hash.add(part);
  return hash.hex();
}

/** Continues a 32-bit FNV-1a over a part of the characters. */
export function hash32(seed: number, chars: Uint16Array, { start, stop }: Range): number {
  let hash = seed === 0 ? 0x811c9dc5 : seed;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ (chars[i] ?? 0), 0x01000193);
  return Math.imul(hash ^ 0x1f, 0x01000193) >>> 0 || 1;
}

interface Range {
  readonly start: number;
  readonly stop: number;
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

// One call with sixteen codes: `toString(16)` of numbers above 2^31 took 25 times as long, more than the scan itself.
function hex64(high: number, low: number): string {
  return String.fromCharCode(
    digit(high >>> 28),
    digit(high >>> 24),
    digit(high >>> 20),
    digit(high >>> 16),
    digit(high >>> 12),
    digit(high >>> 8),
    digit(high >>> 4),
    digit(high),
    digit(low >>> 28),
    digit(low >>> 24),
    digit(low >>> 20),
    digit(low >>> 16),
    digit(low >>> 12),
    digit(low >>> 8),
    digit(low >>> 4),
    digit(low),
  );
}

function digit(value: number): number {
  return HEX[value & 15] ?? 0;
}
