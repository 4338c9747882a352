import { Hash64 } from './hash.ts';
import type { Lexer } from './lexer.ts';

/** Longest normalised text, its ellipsis included. */
export const SHAPE_TEXT_MAX = 8_192;
const ELLIPSIS = ' ...';
/** Each token takes one character and a boundary at least. */
const TOKENS_MAX = SHAPE_TEXT_MAX / 2;
/** Lists inside lists that are still folded; deeper ones are kept as they are. */
const LISTS_MAX = 16;

/** In place of the start of a token that is no part of the statement. */
const VALUE = -1;
const END_OF_STATEMENT = -2;

const IS_SPACED = 1;
const IS_QUERY = 2;

type ListKind = 'in' | 'array' | 'values';

interface OpenList {
  kind: ListKind;
  depth: number;
  firstStart: number;
  firstStop: number;
  /** Token count before the comma of the current element. */
  checkpoint: number;
  count: number;
  isTuple: boolean;
}

/**
 * The tokens of a shape, with lists of equal elements folded to their first as they arrive. Tokens are kept as positions
 * in the statement, in arrays that serve one statement after another: `restart` first.
 */
export class TokenList {
  inArity = 0;
  rows = 0;
  isFull = false;

  #sql = '';
  readonly #starts = new Int32Array(TOKENS_MAX);
  readonly #stops = new Int32Array(TOKENS_MAX);
  readonly #marks = new Uint8Array(TOKENS_MAX);
  #length = 0;
  #size = 0;
  readonly #lists: readonly OpenList[] = Array.from({ length: LISTS_MAX }, closedList);
  #list: OpenList | undefined;
  #listCount = 0;

  restart(sql: string): void {
    this.#sql = sql;
    this.inArity = 0;
    this.rows = 0;
    this.isFull = false;
    this.#length = 0;
    this.#size = 0;
    this.#listCount = 0;
    this.#list = undefined;
  }

  /** Adds the token the lexer stands on, or `?` in its place. */
  add(lexer: Lexer, isValue: boolean): void {
    const list = this.#list;
    if (list !== undefined) this.#beforeToken(list, lexer);
    if (!this.isFull) this.#addToken(lexer, isValue);
    if (list?.kind === 'values' && list.isTuple) this.#afterValuesToken(list, lexer);
  }

  endStatement(): void {
    this.#listCount = 0;
    this.#list = undefined;
    if (!this.isFull) this.#push(END_OF_STATEMENT, END_OF_STATEMENT + 1, 0);
  }

  /** Takes off the end what stands there only because more was cut away; true when it was an ellipsis. */
  dropTail(): boolean {
    let isEllipsis = false;
    for (;;) {
      const length = this.#length;
      let last = length;
      while (last > 0 && this.#is(last - 1, 46)) last--;
      const isEnd = length > 0 && this.#starts[length - 1] === END_OF_STATEMENT;
      if (length - last < 2 && !isEnd && !this.#is(length - 1, 0x2026)) return isEllipsis;
      if (!isEnd) isEllipsis = true;
      this.#truncate(Math.min(last, length - 1));
    }
  }

  openList(kind: ListKind, depth: number): void {
    const list = this.#lists[this.#listCount];
    if (list === undefined) return;
    list.kind = kind;
    list.depth = depth;
    list.firstStart = list.firstStop = list.checkpoint = this.#length;
    list.count = 0;
    list.isTuple = false;
    this.#list = list;
    this.#listCount++;
  }

  /** Runs of tokens that stand in the statement as they shall in the text are copied at once. */
  text(isTruncated: boolean): string {
    const sql = this.#sql;
    let text = '';
    let from = 0;
    let to = 0;
    for (let i = 0; i < this.#length; i++) {
      const start = this.#starts[i] ?? 0;
      const isSpaced = i > 0 && ((this.#marks[i] ?? 0) & IS_SPACED) !== 0;
      const isBlankNext = isSpaced && to > from && sql.charCodeAt(to) === 32;
      if (start < 0) {
        text += sql.slice(from, isBlankNext ? to + 1 : to);
        if (isSpaced && !isBlankNext) text += ' ';
        text += start === VALUE ? '?' : ';';
        from = to = 0;
        continue;
      }
      const isNext = isBlankNext ? start === to + 1 : !isSpaced && start === to;
      if (!isNext || to === from) {
        text += sql.slice(from, to);
        from = start;
        if (isSpaced) {
          if (start > 0 && sql.charCodeAt(start - 1) === 32) from--;
          else text += ' ';
        }
      }
      to = this.#stops[i] ?? 0;
    }
    text += sql.slice(from, to);
    return isTruncated ? (text + ELLIPSIS).trimStart() : text;
  }

  fingerprint(): string {
    const hash = new Hash64();
    for (let i = 0; i < this.#length; i++) {
      const start = this.#starts[i] ?? 0;
      if (start >= 0) hash.addFolded(this.#sql, start, this.#stops[i] ?? 0);
      else hash.addFolded('?;', start === VALUE ? 0 : 1, start === VALUE ? 1 : 2);
    }
    return hash.hex();
  }

  #beforeToken(list: OpenList, lexer: Lexer): void {
    if (list.kind === 'values') return this.#beforeValuesToken(list, lexer);
    if (lexer.kind !== 'punct') return;
    const isClose =
      list.kind === 'in'
        ? lexer.code === 41 && lexer.depth < list.depth
        : lexer.code === 93 && lexer.depth <= list.depth;
    const isComma = lexer.code === 44 && lexer.depth === list.depth;
    if (!isClose && !isComma) return;
    this.#closeElement(list);
    list.checkpoint = this.#length;
    if (!isClose) return;
    this.#closeList();
    if (list.count > this.inArity) this.inArity = list.count;
  }

  #closeList(): void {
    this.#listCount--;
    this.#list = this.#listCount > 0 ? this.#lists[this.#listCount - 1] : undefined;
  }

  #closeElement(list: OpenList): void {
    const stop = this.#length;
    if (list.count === 0) {
      const isQuery = ((this.#marks[list.firstStart] ?? 0) & IS_QUERY) !== 0;
      if (stop === list.firstStart || isQuery) return;
      list.firstStop = stop;
      list.count = 1;
      return;
    }
    list.count++;
    const length = list.firstStop - list.firstStart;
    if (stop - list.checkpoint - 1 !== length || this.isFull) return;
    for (let i = 0; i < length; i++) {
      if (!this.#isSame(list.firstStart + i, list.checkpoint + 1 + i)) return;
    }
    this.#truncate(list.checkpoint);
  }

  #beforeValuesToken(list: OpenList, lexer: Lexer): void {
    if (list.isTuple) return;
    const isOpen = lexer.kind === 'punct' && lexer.code === 40;
    const isComma = lexer.kind === 'punct' && lexer.code === 44 && lexer.depth === list.depth;
    if (isComma && list.count > 0) list.checkpoint = this.#length;
    else if (isOpen && lexer.depth === list.depth + 1) list.isTuple = true;
    else this.#closeList();
  }

  #afterValuesToken(list: OpenList, lexer: Lexer): void {
    if (lexer.kind !== 'punct' || lexer.code !== 41 || lexer.depth !== list.depth) return;
    list.isTuple = false;
    list.count++;
    if (list.count > this.rows) this.rows = list.count;
    if (list.count > 1 && !this.isFull) this.#truncate(list.checkpoint);
  }

  #addToken(lexer: Lexer, isValue: boolean): void {
    const { start, stop, isSpaced } = lexer;
    if (isValue) return this.#push(VALUE, VALUE + 1, isSpaced ? IS_SPACED : 0);
    const isQuery = lexer.kind === 'word' && (lexer.word === 'SELECT' || lexer.word === 'WITH');
    const mark = isSpaced || (lexer.kind === 'punct' && this.#wouldRunTogether(start)) ? IS_SPACED : 0;
    this.#push(start, stop, isQuery ? mark | IS_QUERY : mark);
  }

  /** `?` before `|` or `&`, two dashes and the marks of a comment must not become one token when read again. */
  #wouldRunTogether(start: number): boolean {
    const first = this.#sql.charCodeAt(start);
    const isOperator = first === 124 || first === 38;
    if (!isOperator && first !== 45 && first !== 42 && first !== 47) return false;
    const last = this.#length - 1;
    if (last < 0) return false;
    if (this.#starts[last] === VALUE) return isOperator;
    if (this.#starts[last] === END_OF_STATEMENT) return false;
    const tail = this.#sql.charCodeAt((this.#stops[last] ?? 0) - 1);
    return (tail === 45 && first === 45) || (tail === 47 && first === 42) || (tail === 42 && first === 47);
  }

  #push(start: number, stop: number, mark: number): void {
    const size = this.#size + stop - start + 1;
    if (size > SHAPE_TEXT_MAX - ELLIPSIS.length) {
      this.isFull = true;
      return;
    }
    const at = this.#length++;
    this.#starts[at] = start;
    this.#stops[at] = stop;
    this.#marks[at] = mark;
    this.#size = size;
  }

  #truncate(length: number): void {
    for (let i = length; i < this.#length; i++) {
      this.#size -= (this.#stops[i] ?? 0) - (this.#starts[i] ?? 0) + 1;
    }
    if (length < this.#length) this.#length = length;
  }

  /** The token is this one character. */
  #is(at: number, code: number): boolean {
    const start = this.#starts[at] ?? -1;
    return at >= 0 && start >= 0 && this.#stops[at] === start + 1 && this.#sql.charCodeAt(start) === code;
  }

  #isSame(one: number, other: number): boolean {
    const first = this.#starts[one] ?? 0;
    const second = this.#starts[other] ?? 0;
    if (first < 0 || second < 0) return first === second;
    const length = (this.#stops[one] ?? 0) - first;
    if ((this.#stops[other] ?? 0) - second !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#sql.charCodeAt(first + i) !== this.#sql.charCodeAt(second + i)) return false;
    }
    return true;
  }
}

function closedList(): OpenList {
  return { kind: 'in', depth: 0, firstStart: 0, firstStop: 0, checkpoint: 0, count: 0, isTuple: false };
}
