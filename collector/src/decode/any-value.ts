import { VALUE } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import { renderNested } from './render-nested.ts';
import { signed, signedText } from './wire.ts';
import type { Wire } from './wire.ts';

/** Reads a KeyValue that ends at `end` into a new attribute of `list`. */
export function readAttribute(wire: Wire, end: number, list: AttributeList): void {
  const index = list.open();
  if (index < 0) {
    wire.pos = end;
    return;
  }
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 10) {
      const stop = wire.nested(end);
      list.setKey(index, wire.pos, stop);
      wire.pos = stop;
    } else if (tag === 18) {
      const stop = wire.nested(end);
      readValue(wire, stop, list);
    } else {
      wire.skip(tag, end);
    }
  }
}

/** Reads an AnyValue that ends at `end` as the value of the last attribute of `list`. */
export function readValue(wire: Wire, end: number, list: AttributeList): void {
  const index = list.count - 1;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    switch (tag) {
      case 10: {
        const stop = wire.nested(end);
        list.kind[index] = VALUE.string;
        list.valueStart[index] = wire.pos;
        list.valueEnd[index] = stop;
        wire.pos = stop;
        break;
      }
      case 16:
        wire.varint(end);
        list.kind[index] = VALUE.bool;
        list.number[index] = wire.low === 0 && wire.high === 0 ? 0 : 1;
        break;
      case 24:
        wire.varint(end);
        setInteger(list, wire);
        break;
      case 33:
        list.kind[index] = VALUE.double;
        list.number[index] = wire.double(end);
        break;
      case 42:
      case 50:
      case 58: {
        const stop = wire.nested(end);
        const rendered = renderNested(wire, tag, stop);
        list.kind[index] = VALUE.text;
        list.text[index] = rendered.text;
        list.isTruncated ||= rendered.isTruncated;
        wire.pos = stop;
        break;
      }
      default:
        wire.skip(tag, end);
    }
  }
}

function setInteger(list: AttributeList, wire: Wire): void {
  const index = list.count - 1;
  const value = signed(wire.low, wire.high);
  if (Number.isSafeInteger(value)) {
    list.kind[index] = VALUE.int;
    list.number[index] = value;
    return;
  }
  list.kind[index] = VALUE.text;
  list.text[index] = signedText(wire.low, wire.high);
}
