/** Bytes of a padded length: four varint bytes hold any length up to 256 MiB. */
const LENGTH_BYTES = 4;

/** Protobuf bytes, written front to back; the length of a nested message is filled in when it ends. */
export class ProtoWriter {
  #bytes: Buffer;
  #used = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(256, expectedBytes));
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#used++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#used++] = rest;
  }

  /** Two's complement of 64 bits. */
  varint64(value: bigint): void {
    this.#room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#bytes[this.#used++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#used++] = Number(rest);
  }

  fixed64(value: bigint): void {
    this.#room(8);
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#used);
    this.#used += 8;
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#bytes.writeUInt32LE(value >>> 0, this.#used);
    this.#used += 4;
  }

  double(value: number): void {
    this.#room(8);
    this.#bytes.writeDoubleLE(value, this.#used);
    this.#used += 8;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#room(length);
    this.#bytes.write(value, this.#used, 'utf8');
    this.#used += length;
  }

  raw(value: Uint8Array): void {
    this.varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#used);
    this.#used += value.length;
  }

  /** Starts a nested message; give what it returns to `end`. */
  begin(): number {
    this.#room(LENGTH_BYTES);
    this.#used += LENGTH_BYTES;
    return this.#used;
  }

  end(start: number): void {
    let length = this.#used - start;
    for (let i = 0; i < LENGTH_BYTES; i++) {
      const isLast = i === LENGTH_BYTES - 1;
      this.#bytes[start - LENGTH_BYTES + i] = (length & 0x7f) | (isLast ? 0 : 0x80);
      length >>>= 7;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  #room(count: number): void {
    const end = this.#used + count;
    if (end <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, end));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}
