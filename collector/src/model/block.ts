import { ArrayColumn, FixedColumn, PairColumn, StringColumn } from './column.ts';
import type { Column } from './column.ts';

/** How a column is sent: its ClickHouse type in the Native block, and the buffer behind it. */
export interface ColumnKind<C extends Column> {
  readonly type: string;
  readonly make: () => C;
}
export type Schema = Readonly<Record<string, ColumnKind<Column>>>;
export type ColumnsOf<S extends Schema> = {
  readonly [Name in keyof S]: S[Name] extends ColumnKind<infer C> ? C : never;
};

export const string: ColumnKind<StringColumn> = { type: 'String', make: () => new StringColumn() };

export function fixed(type: string, width: number): ColumnKind<FixedColumn> {
  return { type, make: () => new FixedColumn(width) };
}

export function array<C extends Column>(items: ColumnKind<C>): ColumnKind<ArrayColumn<C>> {
  return { type: `Array(${items.type})`, make: () => new ArrayColumn(items.make()) };
}

export function map<C extends Column>(values: ColumnKind<C>): ColumnKind<ArrayColumn<PairColumn<C>>> {
  return { type: `Map(String, ${values.type})`, make: () => new ArrayColumn(new PairColumn(values.make())) };
}

interface Entry {
  /** Name and type as they stand in the block. */
  readonly header: Uint8Array;
  readonly column: Column;
}

/** Rows of one table on their way to the journal. Push one value to every column, then `endRow()`. */
export class Block<S extends Schema> {
  readonly table: string;
  readonly names: readonly string[];
  readonly columns: ColumnsOf<S>;
  readonly #entries: readonly Entry[];
  #rows = 0;
  #markedRows = 0;

  constructor(table: string, schema: S) {
    this.table = table;
    this.names = Object.keys(schema);
    const columns: Record<string, Column> = {};
    const entries: Entry[] = [];
    for (const [name, kind] of Object.entries(schema)) {
      const column = kind.make();
      columns[name] = column;
      entries.push({ header: columnHeader(name, kind.type), column });
    }
    this.#entries = entries;
    // Every name of the schema got the column that its kind makes.
    this.columns = columns as ColumnsOf<S>;
  }

  get rows(): number {
    return this.#rows;
  }

  endRow(): void {
    this.#rows += 1;
  }

  mark(): void {
    this.#markedRows = this.#rows;
    for (const entry of this.#entries) entry.column.mark();
  }

  rewind(): void {
    this.#rows = this.#markedRows;
    for (const entry of this.#entries) entry.column.rewind();
  }

  reset(): void {
    this.#rows = 0;
    this.#markedRows = 0;
    for (const entry of this.#entries) entry.column.reset();
  }

  byteLength(): number {
    let bytes = 20;
    for (const entry of this.#entries) bytes += entry.header.length + entry.column.byteLength;
    return bytes;
  }

  /** One Native block: counts, then name, type and data a column. */
  encode(): Buffer {
    const target = Buffer.allocUnsafe(this.byteLength());
    let at = writeVarint(target, 0, this.#entries.length);
    at = writeVarint(target, at, this.#rows);
    for (const entry of this.#entries) {
      target.set(entry.header, at);
      at = entry.column.copyTo(target, at + entry.header.length);
    }
    return target.subarray(0, at);
  }
}

function columnHeader(name: string, type: string): Uint8Array {
  const header = new StringColumn();
  header.pushText(name);
  header.pushText(type);
  const bytes = new Uint8Array(header.byteLength);
  header.copyTo(bytes, 0);
  return bytes;
}

function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}
