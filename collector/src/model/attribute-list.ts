import { KEY_BYTES_MAX } from './limits.ts';

/** What an attribute's value is. `text` is a value that was rendered: arrays, maps, bytes, integers beyond 2^53. */
export const VALUE = { empty: 0, string: 1, bool: 2, int: 3, double: 4, text: 5 } as const;

/**
 * Attributes as ranges of the request body: no string and no object an attribute. One list is used again for every record.
 * Parallel arrays; index 0 to count - 1.
 */
export class AttributeList {
  readonly capacity: number;
  count = 0;
  /** Left out for want of room. */
  dropped = 0;
  isTruncated = false;
  readonly keyStart: Int32Array;
  readonly keyEnd: Int32Array;
  readonly kind: Uint8Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  /** bool as 0 or 1, int, double. */
  readonly number: Float64Array;
  /** For `text` only. */
  readonly text: string[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.keyStart = new Int32Array(capacity);
    this.keyEnd = new Int32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.valueStart = new Int32Array(capacity);
    this.valueEnd = new Int32Array(capacity);
    this.number = new Float64Array(capacity);
  }

  reset(): void {
    this.count = 0;
    this.dropped = 0;
    this.isTruncated = false;
  }

  /** Index of a new attribute without key and value, or -1 when the list is full: then it is counted as dropped. */
  open(): number {
    if (this.count >= this.capacity) {
      this.dropped += 1;
      return -1;
    }
    const index = this.count++;
    this.keyStart[index] = 0;
    this.keyEnd[index] = 0;
    this.kind[index] = VALUE.empty;
    this.valueStart[index] = 0;
    this.valueEnd[index] = 0;
    return index;
  }

  setKey(index: number, start: number, end: number): void {
    this.keyStart[index] = start;
    if (end - start > KEY_BYTES_MAX) this.isTruncated = true;
    this.keyEnd[index] = Math.min(end, start + KEY_BYTES_MAX);
  }
}

/** The value as text, whatever its kind. */
export function attributeText(list: AttributeList, bytes: Buffer, index: number): string {
  switch (list.kind[index] ?? VALUE.empty) {
    case VALUE.string:
      return bytes.toString('utf8', list.valueStart[index], list.valueEnd[index]);
    case VALUE.bool:
      return list.number[index] === 1 ? 'true' : 'false';
    case VALUE.int:
    case VALUE.double:
      return String(list.number[index]);
    case VALUE.text:
      return list.text[index] ?? '';
    default:
      return '';
  }
}

export function attributeKey(list: AttributeList, bytes: Buffer, index: number): string {
  return bytes.toString('utf8', list.keyStart[index], list.keyEnd[index]);
}
