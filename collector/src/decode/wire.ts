import { DecodeError } from './decode-error.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const TWO_32 = 4294967296;

/**
 * Cursor over protobuf bytes. Every read is bounded by `end`, the end of the message being read; a read that would pass it
 * throws `DecodeError`. Values of 64 bits are left in `low` and `high`.
 */
export class Wire {
  bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  pos = 0;
  low = 0;
  high = 0;

  reset(bytes: Uint8Array): void {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = 0;
  }

  /** Field number << 3 | wire type. */
  tag(end: number): number {
    const tag = this.varint(end);
    if (tag < 8 || tag > 0xffffffff) throw new DecodeError('invalid field number');
    return tag;
  }

  /** A varint as a number: exact up to 2^53, for lengths, enums and tags. `low` and `high` hold all 64 bits. */
  varint(end: number): number {
    const bytes = this.bytes;
    const pos = this.pos;
    if (pos < end) {
      const first = bytes[pos] ?? 0;
      if (first < 0x80) {
        this.pos = pos + 1;
        this.low = first;
        this.high = 0;
        return first;
      }
    }
    return this.#longVarint(end);
  }

  /** Reads the length of a nested field and returns its end; `pos` is its start. */
  nested(end: number): number {
    const length = this.varint(end);
    const stop = this.pos + length;
    if (stop > end) throw new DecodeError('a field is longer than its message');
    return stop;
  }

  fixed64(end: number): void {
    const pos = this.pos;
    if (pos + 8 > end) throw new DecodeError('unexpected end');
    this.low = this.#view.getUint32(pos, true);
    this.high = this.#view.getUint32(pos + 4, true);
    this.pos = pos + 8;
  }

  fixed32(end: number): number {
    const pos = this.pos;
    if (pos + 4 > end) throw new DecodeError('unexpected end');
    this.pos = pos + 4;
    return this.#view.getUint32(pos, true);
  }

  double(end: number): number {
    const pos = this.pos;
    if (pos + 8 > end) throw new DecodeError('unexpected end');
    this.pos = pos + 8;
    return this.#view.getFloat64(pos, true);
  }

  text(start: number, end: number): string {
    return this.bytes.toString('utf8', start, end);
  }

  /** Passes over a field that is not wanted. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint(end);
        return;
      case FIXED64:
        this.fixed64(end);
        return;
      case BYTES:
        this.pos = this.nested(end);
        return;
      case FIXED32:
        this.fixed32(end);
        return;
      default:
        throw new DecodeError('unsupported wire type');
    }
  }

  #longVarint(end: number): number {
    const bytes = this.bytes;
    let pos = this.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= end) throw new DecodeError('unexpected end');
      const byte = bytes[pos++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.pos = pos;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return this.high * TWO_32 + this.low;
      }
    }
    throw new DecodeError('a varint is longer than ten bytes');
  }
}

/** The 64 bits as a signed integer; exact only when it is safe. */
export function signed(low: number, high: number): number {
  return (high | 0) * TWO_32 + low;
}

export function unsigned(low: number, high: number): number {
  return high * TWO_32 + low;
}

/** Exact decimal text of the 64 bits as a signed integer. */
export function signedText(low: number, high: number): string {
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString();
}
