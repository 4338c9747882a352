import type { HrTime } from '@opentelemetry/api';

/**
 * Writes protobuf into one buffer that is used again and again. A message's length is written where its place was kept
 * once the message is there, so that nothing is measured first.
 */
export interface ProtobufWriter {
  readonly position: () => number;
  /** Forgets what was written, and a buffer that one large message has left too large. */
  readonly reset: () => void;
  /** A copy of what was written since `reset`. */
  readonly finish: () => Uint8Array;
  readonly byte: (value: number) => void;
  /** A whole number, negative ones in ten bytes. */
  readonly varint: (value: number) => void;
  readonly fixed32: (value: number) => void;
  readonly time: (time: HrTime) => void;
  readonly double: (value: number) => void;
  /** Length and bytes. */
  readonly text: (value: string) => void;
  readonly hex: (value: string) => void;
  readonly bytes: (value: Uint8Array) => void;
  /** Begins a message; what it returns ends it. */
  readonly begin: () => number;
  readonly end: (start: number) => void;
}

const BUFFER_BYTES = 16 * 1024;
const BUFFER_KEPT_BYTES_MAX = 256 * 1024;
/** Beyond it one native call is cheaper than a loop. */
const LOOPED_CHARACTERS_MAX = 200;
const TWO_32 = 2 ** 32;

export function createProtobufWriter(): ProtobufWriter {
  let buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let at = 0;

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  };

  const writeVarint = (value: number): void => {
    reserve(10);
    let rest = value;
    while (rest > 0x7f) {
      buffer[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    buffer[at++] = rest;
  };

  const writeNegative = (value: number): void => {
    reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      buffer[at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    buffer[at++] = Number(rest);
  };

  const begin = (): number => {
    reserve(1);
    return at++;
  };

  const end = (start: number): void => {
    const length = at - start - 1;
    if (length < 0x80) {
      buffer[start] = length;
      return;
    }
    const extra = varintBytes(length) - 1;
    reserve(extra);
    buffer.copyWithin(start + 1 + extra, start + 1, at);
    const finished = at + extra;
    at = start;
    writeVarint(length);
    at = finished;
  };

  const writeText = (value: string): void => {
    const { length } = value;
    reserve(length * 3 + 5);
    const start = begin();
    if (length <= LOOPED_CHARACTERS_MAX) {
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) {
          at = start + 1 + buffer.write(value, start + 1, 'utf8');
          break;
        }
        buffer[at++] = code;
      }
    } else at += buffer.write(value, at, 'utf8');
    end(start);
  };

  return {
    position: () => at,
    reset: () => {
      at = 0;
      if (buffer.length > BUFFER_KEPT_BYTES_MAX) buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    },
    // From the pool that Node shares among small buffers: an array buffer of its own costs more than the copy.
    finish: () => Buffer.from(buffer.subarray(0, at)),
    byte: (value) => {
      reserve(1);
      buffer[at++] = value;
    },
    varint: (value) => (value < 0 ? writeNegative(value) : writeVarint(value)),
    fixed32: (value) => {
      reserve(4);
      at = buffer.writeUInt32LE(value, at);
    },
    time: ([seconds, nanoseconds]) => {
      reserve(8);
      // Nanoseconds since 1970 need 61 bits: the seconds are multiplied in two halves.
      const upper = Math.floor(seconds / 65_536) * 1e9;
      const lower = (seconds % 65_536) * 1e9;
      const low = (upper % 65_536) * 65_536 + (lower % TWO_32) + nanoseconds;
      const high = Math.floor(upper / 65_536) + Math.floor(lower / TWO_32) + Math.floor(low / TWO_32);
      at = buffer.writeUInt32LE(low % TWO_32, at);
      at = buffer.writeUInt32LE(high, at);
    },
    double: (value) => {
      reserve(8);
      at = buffer.writeDoubleLE(value, at);
    },
    text: writeText,
    hex: (value) => {
      const bytes = value.length >> 1;
      writeVarint(bytes);
      reserve(bytes);
      for (let i = 0; i < value.length; i += 2) {
        buffer[at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
      }
    },
    bytes: (value) => {
      writeVarint(value.byteLength);
      reserve(value.byteLength);
      buffer.set(value, at);
      at += value.byteLength;
    },
    begin,
    end,
  };
}

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** '0' to '9' and 'a' to 'f', either case. */
function hexDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 0x20) - 87;
}
