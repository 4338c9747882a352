import { NESTING_MAX, VALUE_BYTES_MAX } from '../model/limits.ts';
import { signed, signedText } from './wire.ts';
import type { Wire } from './wire.ts';

const ARRAY = 42;
const MAP = 50;
const BYTES = 58;
const CUT = '"..."';

export interface Rendered {
  readonly text: string;
  readonly isTruncated: boolean;
}

/**
 * An ArrayValue (tag 42), KeyValueList (50) or bytes (58) as JSON text; bytes as bare base64. At most `NESTING_MAX` levels and
 * about `VALUE_BYTES_MAX` characters: what is beyond is not looked at, and `isTruncated` says so.
 */
export function renderNested(wire: Wire, tag: number, end: number): Rendered {
  if (tag === BYTES) {
    const stop = Math.min(end, wire.pos + Math.floor((VALUE_BYTES_MAX / 4) * 3));
    return { text: wire.bytes.toString('base64', wire.pos, stop), isTruncated: stop < end };
  }
  const renderer = new Renderer(wire);
  if (tag === ARRAY) renderer.array(end, 1);
  else renderer.map(end, 1);
  return { text: renderer.parts.join(''), isTruncated: renderer.isTruncated };
}

class Renderer {
  readonly parts: string[] = [];
  isTruncated = false;
  #length = 0;
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  array(end: number, depth: number): void {
    const wire = this.#wire;
    this.#put('[');
    let items = 0;
    while (wire.pos < end && !this.#isFull(end)) {
      const tag = wire.tag(end);
      if (tag === 10) {
        if (items++ > 0) this.#put(',');
        this.#value(wire.nested(end), depth);
      } else {
        wire.skip(tag, end);
      }
    }
    this.#put(']');
  }

  map(end: number, depth: number): void {
    const wire = this.#wire;
    this.#put('{');
    let items = 0;
    while (wire.pos < end && !this.#isFull(end)) {
      const tag = wire.tag(end);
      if (tag === 10) {
        if (items++ > 0) this.#put(',');
        this.#pair(wire.nested(end), depth);
      } else {
        wire.skip(tag, end);
      }
    }
    this.#put('}');
  }

  #pair(end: number, depth: number): void {
    const wire = this.#wire;
    // The key may stand behind its value: find it first.
    const from = wire.pos;
    let key = '';
    let valueAt = -1;
    let valueEnd = -1;
    while (wire.pos < end) {
      const tag = wire.tag(end);
      if (tag !== 10 && tag !== 18) {
        wire.skip(tag, end);
        continue;
      }
      const stop = wire.nested(end);
      if (tag === 10) key = this.#cut(wire.pos, stop);
      else {
        valueAt = wire.pos;
        valueEnd = stop;
      }
      wire.pos = stop;
    }
    this.#put(`${JSON.stringify(key)}:`);
    wire.pos = valueAt < 0 ? from : valueAt;
    if (valueAt < 0) this.#put('null');
    else this.#value(valueEnd, depth);
    wire.pos = end;
  }

  #value(end: number, depth: number): void {
    const wire = this.#wire;
    if (depth >= NESTING_MAX) {
      this.isTruncated = true;
      this.#put(CUT);
      wire.pos = end;
      return;
    }
    if (wire.pos >= end) {
      this.#put('null');
      return;
    }
    const tag = wire.tag(end);
    switch (tag) {
      case 10: {
        const stop = wire.nested(end);
        this.#put(JSON.stringify(this.#cut(wire.pos, stop)));
        break;
      }
      case 16:
        this.#put(wire.varint(end) === 0 ? 'false' : 'true');
        break;
      case 24:
        wire.varint(end);
        this.#put(integerText(wire));
        break;
      case 33:
        this.#put(doubleText(wire.double(end)));
        break;
      case ARRAY:
        this.array(wire.nested(end), depth + 1);
        break;
      case MAP:
        this.map(wire.nested(end), depth + 1);
        break;
      case BYTES: {
        const stop = wire.nested(end);
        this.#put(`"${renderNested(wire, BYTES, stop).text}"`);
        break;
      }
      default:
        wire.skip(tag, end);
        this.#put('null');
    }
    wire.pos = end;
  }

  #cut(start: number, end: number): string {
    const room = Math.max(0, VALUE_BYTES_MAX - this.#length);
    if (end - start > room) this.isTruncated = true;
    return this.#wire.text(start, Math.min(end, start + room));
  }

  #put(text: string): void {
    this.#length += text.length;
    this.parts.push(text);
  }

  /** Gives up on the rest of a container; closing brackets still follow, so the text stays JSON. */
  #isFull(end: number): boolean {
    if (this.#length < VALUE_BYTES_MAX) return false;
    this.isTruncated = true;
    this.#wire.pos = end;
    return true;
  }
}

function integerText(wire: Wire): string {
  const value = signed(wire.low, wire.high);
  return Number.isSafeInteger(value) ? String(value) : `"${signedText(wire.low, wire.high)}"`;
}

function doubleText(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}
