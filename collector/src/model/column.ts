/** A growable column whose bytes are, at any time, the column's data in a ClickHouse Native block. */
export interface Column {
  readonly byteLength: number;
  /** Copies the data to `target` at `offset` and returns the offset behind it. */
  copyTo(target: Uint8Array, offset: number): number;
  reset(): void;
  /** Remembers the present end; `rewind` goes back to it. */
  mark(): void;
  rewind(): void;
}

const INITIAL_BYTES = 1024;
/** A buffer that grew beyond this for one block is given back afterwards. */
const KEEP_BYTES_MAX = 4 * 1024 * 1024;
/** Below this a byte loop beats a native copy. */
const LOOP_COPY_MAX = 48;

/** Values of one width: integers, floats, FixedString. */
export class FixedColumn implements Column {
  readonly #width: number;
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #marked = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get byteLength(): number {
    return this.#used;
  }

  pushU8(value: number): void {
    const at = this.#take(1);
    this.#bytes[at] = value;
  }

  pushU16(value: number): void {
    const at = this.#take(2);
    this.#view.setUint16(at, value, true);
  }

  pushU32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  pushI32(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value, true);
  }

  /** Two halves, so that no 64-bit value goes through a double. */
  pushU64(low: number, high: number): void {
    const at = this.#take(8);
    this.#view.setUint32(at, low, true);
    this.#view.setUint32(at + 4, high, true);
  }

  pushF32(value: number): void {
    const at = this.#take(4);
    this.#view.setFloat32(at, value, true);
  }

  pushF64(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Copies one value's width of bytes. The caller has checked that they are there. */
  pushBytes(source: Uint8Array, start: number): void {
    const width = this.#width;
    const at = this.#take(width);
    const bytes = this.#bytes;
    for (let i = 0; i < width; i++) bytes[at + i] = source[start + i] ?? 0;
  }

  pushZero(): void {
    const at = this.#take(this.#width);
    this.#bytes.fill(0, at, at + this.#width);
  }

  copyTo(target: Uint8Array, offset: number): number {
    target.set(this.#bytes.subarray(0, this.#used), offset);
    return offset + this.#used;
  }

  reset(): void {
    this.#used = 0;
    this.#marked = 0;
    if (this.#bytes.length > KEEP_BYTES_MAX) this.#replace(new Uint8Array(INITIAL_BYTES));
  }

  mark(): void {
    this.#marked = this.#used;
  }

  rewind(): void {
    this.#used = this.#marked;
  }

  #take(count: number): number {
    const at = this.#used;
    const end = at + count;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      grown.set(this.#bytes.subarray(0, at));
      this.#replace(grown);
    }
    this.#used = end;
    return at;
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Strings: a length as LEB128, then the bytes. */
export class StringColumn implements Column {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #used = 0;
  #marked = 0;

  get byteLength(): number {
    return this.#used;
  }

  push(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let at = this.#open(length);
    const bytes = this.#bytes;
    if (length <= LOOP_COPY_MAX) {
      for (let i = start; i < end; i++) bytes[at++] = source[i] ?? 0;
    } else {
      bytes.set(source.subarray(start, end), at);
    }
  }

  /** `left right`, joined by a space. */
  pushPair(left: Uint8Array, right: Uint8Array): void {
    const length = left.length + 1 + right.length;
    const at = this.#open(length);
    this.#bytes.set(left, at);
    this.#bytes[at + left.length] = 0x20;
    this.#bytes.set(right, at + left.length + 1);
  }

  pushAll(source: Uint8Array): void {
    this.push(source, 0, source.length);
  }

  pushText(text: string): void {
    if (text === '') {
      this.pushEmpty();
      return;
    }
    const length = Buffer.byteLength(text);
    const at = this.#open(length);
    this.#bytes.write(text, at, 'utf8');
  }

  pushEmpty(): void {
    this.#open(0);
  }

  copyTo(target: Uint8Array, offset: number): number {
    target.set(this.#bytes.subarray(0, this.#used), offset);
    return offset + this.#used;
  }

  reset(): void {
    this.#used = 0;
    this.#marked = 0;
    if (this.#bytes.length > KEEP_BYTES_MAX) this.#bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  }

  mark(): void {
    this.#marked = this.#used;
  }

  rewind(): void {
    this.#used = this.#marked;
  }

  /** Writes the length, makes room for the body and returns where the body starts. */
  #open(length: number): number {
    let at = this.#used;
    const end = at + length + 5;
    if (end > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, end));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    const bytes = this.#bytes;
    let rest = length;
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#used = at + length;
    return at;
  }
}

/** Array(T): cumulated lengths, then the items of all rows. Push items to `items`, then `endRow(how many)`. */
export class ArrayColumn<Items extends Column> implements Column {
  readonly items: Items;
  readonly #ends = new FixedColumn(8);
  #total = 0;
  #markedTotal = 0;

  constructor(items: Items) {
    this.items = items;
  }

  get byteLength(): number {
    return this.#ends.byteLength + this.items.byteLength;
  }

  endRow(count: number): void {
    this.#total += count;
    this.#ends.pushU64(this.#total, 0);
  }

  copyTo(target: Uint8Array, offset: number): number {
    return this.items.copyTo(target, this.#ends.copyTo(target, offset));
  }

  reset(): void {
    this.#total = 0;
    this.#markedTotal = 0;
    this.#ends.reset();
    this.items.reset();
  }

  mark(): void {
    this.#markedTotal = this.#total;
    this.#ends.mark();
    this.items.mark();
  }

  rewind(): void {
    this.#total = this.#markedTotal;
    this.#ends.rewind();
    this.items.rewind();
  }
}

/** Two columns side by side: the items of a Map. */
export class PairColumn<Values extends Column> implements Column {
  readonly keys = new StringColumn();
  readonly values: Values;

  constructor(values: Values) {
    this.values = values;
  }

  get byteLength(): number {
    return this.keys.byteLength + this.values.byteLength;
  }

  copyTo(target: Uint8Array, offset: number): number {
    return this.values.copyTo(target, this.keys.copyTo(target, offset));
  }

  reset(): void {
    this.keys.reset();
    this.values.reset();
  }

  mark(): void {
    this.keys.mark();
    this.values.mark();
  }

  rewind(): void {
    this.keys.rewind();
    this.values.rewind();
  }
}
