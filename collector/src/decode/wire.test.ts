import { expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { signedText, Wire } from './wire.ts';

function wireOf(...bytes: readonly number[]): Wire {
  const wire = new Wire();
  wire.reset(Buffer.from(bytes));
  return wire;
}

const VARINTS: readonly (readonly [string, readonly number[], string])[] = [
  ['zero', [0], '0'],
  ['one byte', [0x7f], '127'],
  ['two bytes', [0xac, 0x02], '300'],
  ['padded', [0x81, 0x80, 0x80, 0x00], '1'],
  ['32 bits', [0xff, 0xff, 0xff, 0xff, 0x0f], '4294967295'],
  ['33 bits', [0x80, 0x80, 0x80, 0x80, 0x10], '4294967296'],
  ['largest', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], '9223372036854775807'],
  ['minus one', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], '-1'],
];

it.each(VARINTS)('reads a varint: %s', (_, bytes, expected) => {
  const wire = wireOf(...bytes);
  wire.varint(bytes.length);
  expect([signedText(wire.low, wire.high), wire.pos]).toEqual([expected, bytes.length]);
});

const BROKEN: readonly (readonly [string, readonly number[], (wire: Wire, end: number) => unknown])[] = [
  ['no byte of a varint', [], (wire, end) => wire.varint(end)],
  ['a varint that does not end', [0x80, 0x80], (wire, end) => wire.varint(end)],
  ['a varint of eleven bytes', Array.from({ length: 11 }, () => 0x80), (wire, end) => wire.varint(end)],
  ['a length beyond the end', [5, 1, 2], (wire, end) => wire.nested(end)],
  [
    'a length of 2^63',
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    (wire, end) => wire.nested(end),
  ],
  ['half a fixed64', [1, 2, 3, 4], (wire, end) => wire.fixed64(end)],
  ['half a double', [1, 2, 3, 4], (wire, end) => wire.double(end)],
  ['half a fixed32', [1, 2, 3], (wire, end) => wire.fixed32(end)],
  ['field number zero', [2], (wire, end) => wire.tag(end)],
  ['a group', [0x0b], (wire, end) => wire.skip(wire.tag(end), end)],
];

it.each(BROKEN)('refuses %s', (_, bytes, read) => {
  const wire = wireOf(...bytes);
  expect(() => read(wire, bytes.length)).toThrow(DecodeError);
});
