const LOW_SEED = 0x811c9dc5 | 0;
const HIGH_SEED = 0x9e3779b9 | 0;

/** 64 bits as two 32-bit lanes; not cryptographic, stable across processes and releases. */
export class Hash64 {
  #low = LOW_SEED;
  #high = HIGH_SEED;

  restart(): void {
    this.#low = LOW_SEED;
    this.#high = HIGH_SEED;
  }

  /** The characters from `from` to `to`; ASCII letters are folded to lower case; a boundary is added after them. */
  addFolded(chars: Uint16Array, from: number, to: number): void {
    let low = this.#low;
    let high = this.#high;
    for (let i = from; i < to; i++) {
      const code = lowerCase(chars[i] ?? 0);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
    }
    this.#low = Math.imul(low ^ 0x1f, 0x01000193);
    this.#high = Math.imul(high ^ 0x1f, 0x85ebca6b) ^ (high >>> 13);
  }

  add(part: string): this {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
    }
    this.#low = Math.imul(low ^ 0x1f, 0x01000193);
    this.#high = Math.imul(high ^ 0x1f, 0x85ebca6b) ^ (high >>> 13);
    return this;
  }

  /** 16 hex digits. */
  hex(): string {
    return hex64(avalanche(this.#high), avalanche(this.#low ^ this.#high));
  }
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

/** Without a branch: keywords in upper case among names in lower case would make half of the guesses of the processor wrong. */
function lowerCase(code: number): number {
  return code + ((((64 - code) & (code - 91)) >>> 31) << 5);
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
