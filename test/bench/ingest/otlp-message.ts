/** Protobuf by concatenation: slow, and made once; what is sent is a patched copy. */

type Part = Uint8Array;

export function varint(value: number): Part {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function bytesField(field: number, value: Uint8Array): Part {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

export function textField(field: number, value: string): Part {
  return bytesField(field, Buffer.from(value));
}

export function messageField(field: number, parts: readonly Part[]): Part {
  return bytesField(field, Buffer.concat(parts));
}

export function varintField(field: number, value: number): Part {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

export function fixed64Field(field: number, value: bigint): Part {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(field * 8 + 1), bytes]);
}

/** `KeyValue` of opentelemetry/proto/common/v1/common.proto. */
export function attribute(field: number, key: string, value: string | number): Part {
  const any = typeof value === 'string' ? textField(1, value) : varintField(3, value);
  return messageField(field, [textField(1, key), bytesField(2, any)]);
}
