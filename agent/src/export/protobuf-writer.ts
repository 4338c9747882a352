import type { HrTime } from '@opentelemetry/api';

const BUFFER_BYTES = 16 * 1024;
const BUFFER_KEPT_BYTES_MAX = 1024 * 1024;
/** Beyond it one native call is cheaper than a loop. */
const LOOPED_CHARACTERS_MAX = 200;
const VARINT_BYTES_MAX = 10;
const TWO_32 = 2 ** 32;

/**
 * Writes protobuf into one buffer that is used again and again. A message's length is written where its place was kept
 * once the message is there, so that nothing is measured first.
 */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #at = 0;

  /** Forgets what was written, and a buffer that one large message has left too large. */
  reset(): void {
    this.#at = 0;
    if (this.#buffer.length > BUFFER_KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** A copy of what was written since `reset`, in the pool that Node shares among small buffers. */
  finish(): Uint8Array {
    return Buffer.from(this.#buffer.subarray(0, this.#at));
  }

  get length(): number {
    return this.#at;
  }

  /** Takes back what was written beyond this length. */
  cut(length: number): void {
    this.#at = Math.min(this.#at, length);
  }

  /** What was written, where it is: valid until more is. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }

  /** A whole number, negative ones in ten bytes. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    if (value < 0) return this.#negative(BigInt.asUintN(64, BigInt(value)));
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#at++] = rest;
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  /** Nanoseconds since 1970 need 61 bits: the seconds are multiplied in two halves. */
  time([seconds, nanoseconds]: HrTime): void {
    this.#nanoseconds(seconds, nanoseconds);
  }

  #nanoseconds(seconds: number, nanoseconds: number): void {
    const upper = Math.floor(seconds / 65_536) * 1e9;
    const lower = (seconds % 65_536) * 1e9;
    const low = (upper % 65_536) * 65_536 + (lower % TWO_32) + nanoseconds;
    const high = Math.floor(upper / 65_536) + Math.floor(lower / TWO_32) + Math.floor(low / TWO_32);
    this.fixed32(low % TWO_32);
    this.fixed32(high);
  }

  /** Milliseconds since 1970, to a quarter of a microsecond. */
  timeOfMs(ms: number): void {
    const seconds = Math.trunc(ms / 1e3);
    const nanoseconds = Math.round((ms - seconds * 1e3) * 1e6);
    this.#nanoseconds(seconds, nanoseconds);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** Length and bytes, as the two after it. */
  text(value: string): void {
    const { length } = value;
    this.#reserve(length * 3 + VARINT_BYTES_MAX);
    const start = this.begin();
    if (length > LOOPED_CHARACTERS_MAX || !this.#ascii(value)) {
      this.#at = start + 1 + this.#buffer.write(value, start + 1, 'utf8');
    }
    this.end(start);
  }

  hex(value: string): void {
    const bytes = value.length >> 1;
    this.varint(bytes);
    this.#reserve(bytes);
    for (let i = 0; i < value.length; i += 2) {
      this.#buffer[this.#at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
    }
  }

  bytes(value: Uint8Array): void {
    this.varint(value.byteLength);
    this.#reserve(value.byteLength);
    this.#buffer.set(value, this.#at);
    this.#at += value.byteLength;
  }

  /** Begins a message; what it returns ends it. */
  begin(): number {
    this.#reserve(1);
    return this.#at++;
  }

  end(start: number): void {
    const length = this.#at - start - 1;
    if (length < 0x80) {
      this.#buffer[start] = length;
      return;
    }
    const extra = varintBytes(length) - 1;
    this.#reserve(extra);
    this.#buffer.copyWithin(start + 1 + extra, start + 1, this.#at);
    const finished = this.#at + extra;
    this.#at = start;
    this.varint(length);
    this.#at = finished;
  }

  /** False when a character is none. */
  #ascii(value: string): boolean {
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #negative(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, needed));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** '0' to '9' and 'a' to 'f', either case. */
function hexDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 0x20) - 87;
}
