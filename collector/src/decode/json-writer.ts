import { NESTING_MAX } from '../model/limits.ts';
import { DecodeError } from './decode-error.ts';
import type { Field, FieldKind, Message } from './json-messages.ts';
import type { ProtoWriter } from './proto-writer.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Messages around a value, and some more than the decoder reads of it, so that it is the decoder that cuts. */
const DEPTH_MAX = 2 * NESTING_MAX + 32;
const INTEGER = /^-?\d{1,20}$/;
const NO_ID = Buffer.alloc(1);
const HEX = /^(?:[0-9a-f]{2})*$/i;

/** Writes the known fields of a parsed JSON object. Unknown ones are ignored; a known one of the wrong type is an error. */
export function writeMessage(writer: ProtoWriter, message: Message, value: object, depth = 0): void {
  if (depth > DEPTH_MAX) return;
  for (const [name, field] of message) {
    const given: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
    if (given === undefined || given === null) continue;
    if (field.isRepeated !== true) {
      writeField(writer, { field, name, depth }, given);
      continue;
    }
    if (!Array.isArray(given)) throw new DecodeError(`${name} is not an array`);
    for (const item of given as readonly unknown[]) writeField(writer, { field, name, depth }, item);
  }
}

interface Target {
  readonly field: Field;
  readonly name: string;
  readonly depth: number;
}

function writeField(writer: ProtoWriter, target: Target, value: unknown): void {
  const { field, name } = target;
  const kind = typeof field.kind === 'function' ? field.kind() : field.kind;
  if (typeof kind === 'string') {
    writeScalar(writer, { field, name, kind }, value);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DecodeError(`${name} is not an object`);
  writer.tag(field.number, BYTES);
  const start = writer.begin();
  writeMessage(writer, kind, value, target.depth + 1);
  writer.end(start);
}

function writeScalar(
  writer: ProtoWriter,
  target: { readonly field: Field; readonly name: string; readonly kind: FieldKind },
  value: unknown,
): void {
  const { field, name, kind } = target;
  const number = field.number;
  switch (kind) {
    case 'string':
      writer.tag(number, BYTES);
      writer.text(textOf(value, name));
      return;
    case 'hex':
    case 'base64':
      writer.tag(number, BYTES);
      writer.raw(bytesOf(value, name, kind));
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new DecodeError(`${name} is not a boolean`);
      writer.tag(number, VARINT);
      writer.varint(value ? 1 : 0);
      return;
    case 'enum':
      writer.tag(number, VARINT);
      writer.varint64(enumOf(value, field));
      return;
    case 'uint32':
    case 'int64':
    case 'uint64':
      writer.tag(number, VARINT);
      writer.varint64(integerOf(value, name));
      return;
    case 'sint32': {
      const integer = integerOf(value, name);
      writer.tag(number, VARINT);
      writer.varint64(integer >= 0n ? integer * 2n : -integer * 2n - 1n);
      return;
    }
    case 'fixed64':
    case 'sfixed64':
      writer.tag(number, FIXED64);
      writer.fixed64(integerOf(value, name));
      return;
    case 'fixed32':
      writer.tag(number, FIXED32);
      writer.fixed32(Number(BigInt.asUintN(32, integerOf(value, name))));
      return;
    case 'double':
      writer.tag(number, FIXED64);
      writer.double(doubleOf(value, name));
  }
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new DecodeError(`${name} is not a string`);
  return value;
}

function bytesOf(value: unknown, name: string, kind: 'hex' | 'base64'): Uint8Array {
  const text = textOf(value, name);
  if (kind === 'base64') return Buffer.from(text, 'base64');
  // One wrong id costs its own span: no id is one byte long.
  if (!HEX.test(text)) return NO_ID;
  return Buffer.from(text, 'hex');
}

/** Number, decimal text, or the `{low, high}` of early JavaScript exporters. */
function integerOf(value: unknown, name: string): bigint {
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === 'string' && INTEGER.test(value)) return BigInt(value);
  if (typeof value === 'object' && value !== null && 'low' in value && 'high' in value) {
    const { low, high } = value;
    if (
      typeof low === 'number' &&
      typeof high === 'number' &&
      Number.isInteger(low) &&
      Number.isInteger(high)
    ) {
      return (BigInt.asIntN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
    }
  }
  throw new DecodeError(`${name} is not an integer`);
}

/** ProtoJSON writes what JSON has no number for as text. */
function doubleOf(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  throw new DecodeError(`${name} is not a number`);
}

/** OTLP wants the integer; the name is tolerated, an unknown one is unspecified. */
function enumOf(value: unknown, field: Field): bigint {
  if (typeof value === 'string' && !INTEGER.test(value))
    return BigInt(Math.max(0, field.names?.indexOf(value) ?? 0));
  return integerOf(value, 'an enum');
}
