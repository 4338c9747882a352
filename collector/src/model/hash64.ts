/** 64 bits in two halves: stable across processes, not cryptographic. `low` and `high` hold the last result. */
export class Hash64 {
  low = 0;
  high = 0;

  reset(): this {
    this.low = 0x811c9dc5;
    this.high = 0x9e3779b9;
    return this;
  }

  add(bytes: Uint8Array, start: number, end: number): this {
    let low = this.low;
    let high = this.high;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x85ebca6b) ^ (high >>> 15);
    }
    this.low = Math.imul(low ^ 0x1ff, 0x01000193);
    this.high = Math.imul(high ^ 0x1ff, 0x85ebca6b) ^ (high >>> 13);
    return this;
  }

  addText(text: string): this {
    const bytes = Buffer.from(text);
    return this.add(bytes, 0, bytes.length);
  }

  /** Mixes; call once, after the last part. Never both halves zero, since 0 means "none" in the tables. */
  finish(): this {
    const high = mix(this.high);
    const low = mix(this.low ^ high);
    this.high = high;
    this.low = low === 0 && high === 0 ? 1 : low;
    return this;
  }
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
