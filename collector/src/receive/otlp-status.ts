import type { Format, Signal } from '../model/stages.ts';

// Bodies of OTLP answers: Export*ServiceResponse and google.rpc.Status, in the format of the request.

/** google.rpc.Code */
export const CODE = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;
export type Code = (typeof CODE)[keyof typeof CODE];

export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

const REJECTED_FIELD: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

export interface Partial {
  readonly rejected: number;
  readonly message: string;
}

/** `partial_success` is unset when nothing was rejected. */
export function successBody(signal: Signal, format: Format, partial: Partial): Buffer {
  const isWhole = partial.rejected === 0 && partial.message === '';
  if (format === 'json') {
    if (isWhole) return Buffer.from('{}');
    const body = { [REJECTED_FIELD[signal]]: String(partial.rejected), errorMessage: partial.message };
    return Buffer.from(JSON.stringify({ partialSuccess: body }));
  }
  if (isWhole) return Buffer.alloc(0);
  const inner = Buffer.concat([
    varintField(1, partial.rejected),
    bytesField(2, Buffer.from(partial.message)),
  ]);
  return bytesField(1, inner);
}

export function statusBody(format: Format, code: Code, message: string): Buffer {
  if (format === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return statusMessage(code, message);
}

/** google.rpc.Status with a google.rpc.RetryInfo: what gRPC clients read as permission to retry. */
export function retryStatus(code: Code, message: string, retryAfterSeconds: number): Buffer {
  const retryInfo = bytesField(1, varintField(1, retryAfterSeconds));
  const detail = Buffer.concat([
    bytesField(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')),
    bytesField(2, retryInfo),
  ]);
  return Buffer.concat([statusMessage(code, message), bytesField(3, detail)]);
}

function statusMessage(code: Code, message: string): Buffer {
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.from([field * 8, ...varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
