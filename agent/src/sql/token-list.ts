import { Hash64 } from './hash.ts';
import type { Lexer } from './lexer.ts';

/** Longest normalised text, its ellipsis included. */
export const SHAPE_TEXT_MAX = 8_192;
const ELLIPSIS = ' ...';
/** Lists inside lists that are still folded; deeper ones are kept as they are. */
const LISTS_MAX = 16;

interface OpenList {
  readonly kind: 'in' | 'array' | 'values';
  readonly depth: number;
  firstStart: number;
  firstStop: number;
  /** Token count before the comma of the current element. */
  checkpoint: number;
  count: number;
  isTuple: boolean;
}

/** The tokens of a shape, with lists of equal elements folded to their first as they arrive. */
export class TokenList {
  inArity = 0;
  rows = 0;
  isFull = false;

  readonly #tokens: string[] = [];
  readonly #isSpaced: boolean[] = [];
  readonly #lists: OpenList[] = [];
  #size = 0;

  /** Adds `text` for the token the lexer stands on. */
  add(lexer: Lexer, text: string): void {
    const list = this.#lists.at(-1);
    if (list !== undefined) this.#beforeToken(list, lexer);
    this.#push(text, lexer.isSpaced || this.#wouldRunTogether(text));
    if (list?.kind === 'values') this.#afterValuesToken(list, lexer);
  }

  endStatement(): void {
    this.#lists.length = 0;
    this.#push(';', false);
  }

  /** Takes off the end what stands there only because more was cut away; true when it was an ellipsis. */
  dropTail(): boolean {
    let isEllipsis = false;
    for (;;) {
      const length = this.#tokens.length;
      let last = length;
      while (last > 0 && this.#tokens[last - 1] === '.') last--;
      const tail = this.#tokens[length - 1];
      if (length - last < 2 && tail !== '…' && tail !== ';') return isEllipsis;
      if (tail !== ';') isEllipsis = true;
      this.#truncate(Math.min(last, length - 1));
    }
  }

  openList(kind: OpenList['kind'], depth: number): void {
    if (this.#lists.length >= LISTS_MAX) return;
    const at = this.#tokens.length;
    this.#lists.push({
      kind,
      depth,
      firstStart: at,
      firstStop: at,
      checkpoint: at,
      count: 0,
      isTuple: false,
    });
  }

  text(isTruncated: boolean): string {
    let text = '';
    for (let i = 0; i < this.#tokens.length; i++) {
      if (i > 0 && this.#isSpaced[i] === true) text += ' ';
      text += this.#tokens[i] ?? '';
    }
    return isTruncated ? (text + ELLIPSIS).trimStart() : text;
  }

  fingerprint(): string {
    const hash = new Hash64();
    for (const token of this.#tokens) hash.addFolded(token);
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
    list.checkpoint = this.#tokens.length;
    if (!isClose) return;
    this.#lists.pop();
    this.inArity = Math.max(this.inArity, list.count);
  }

  #closeElement(list: OpenList): void {
    const stop = this.#tokens.length;
    if (list.count === 0) {
      if (stop === list.firstStart || this.#isQuery(list.firstStart)) return;
      list.firstStop = stop;
      list.count = 1;
      return;
    }
    list.count++;
    const length = list.firstStop - list.firstStart;
    if (stop - list.checkpoint - 1 !== length || this.isFull) return;
    for (let i = 0; i < length; i++) {
      if (this.#tokens[list.firstStart + i] !== this.#tokens[list.checkpoint + 1 + i]) return;
    }
    this.#truncate(list.checkpoint);
  }

  #isQuery(at: number): boolean {
    const first = this.#tokens[at]?.toUpperCase();
    return first === 'SELECT' || first === 'WITH';
  }

  #beforeValuesToken(list: OpenList, lexer: Lexer): void {
    if (list.isTuple) return;
    const isOpen = lexer.kind === 'punct' && lexer.code === 40;
    const isComma = lexer.kind === 'punct' && lexer.code === 44 && lexer.depth === list.depth;
    if (isComma && list.count > 0) list.checkpoint = this.#tokens.length;
    else if (isOpen && lexer.depth === list.depth + 1) list.isTuple = true;
    else this.#lists.pop();
  }

  #afterValuesToken(list: OpenList, lexer: Lexer): void {
    const isClose = lexer.kind === 'punct' && lexer.code === 41 && lexer.depth === list.depth;
    if (!list.isTuple || !isClose) return;
    list.isTuple = false;
    list.count++;
    this.rows = Math.max(this.rows, list.count);
    if (list.count > 1 && !this.isFull) this.#truncate(list.checkpoint);
  }

  /** `?` before `|` or `&`, two dashes and the marks of a comment must not become one token when read again. */
  #wouldRunTogether(text: string): boolean {
    const last = this.#tokens.at(-1);
    if (last === undefined) return false;
    const first = text.charAt(0);
    if (last === '?') return first === '|' || first === '&';
    const tail = last.charAt(last.length - 1);
    return (
      (tail === '-' && first === '-') || (tail === '/' && first === '*') || (tail === '*' && first === '/')
    );
  }

  #push(text: string, isSpaced: boolean): void {
    if (this.isFull) return;
    if (this.#size + text.length + 1 > SHAPE_TEXT_MAX - ELLIPSIS.length) {
      this.isFull = true;
      return;
    }
    this.#tokens.push(text);
    this.#isSpaced.push(isSpaced);
    this.#size += text.length + 1;
  }

  #truncate(length: number): void {
    while (this.#tokens.length > length) {
      this.#size -= (this.#tokens.pop() ?? '').length + 1;
      this.#isSpaced.pop();
    }
  }
}
