import { Hash64 } from './hash.ts';
import { END_OF_STATEMENT, IS_SPACED, SHOWN_VALUE, shownText } from './shown-text.ts';
import { KIND, NAME_OR_WORD, NO_CHARACTERS, PUNCT, SPACED, VALUE } from './tokens.ts';
import type { Tokens } from './tokens.ts';
import { numberOf } from './words.ts';

/** Longest normalised text, its ellipsis included. */
export const SHAPE_TEXT_MAX = 8_192;
const ELLIPSIS = ' ...';
/** Each token takes one character and a boundary at least. */
const SHOWN_TOKENS_MAX = SHAPE_TEXT_MAX / 2;
/** Lists inside lists that are still folded; deeper ones are kept as they are. */
const LISTS_MAX = 16;

const IS_QUERY = 2;

const SEMICOLON = 59;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const SELECT = numberOf('SELECT');
const WITH = numberOf('WITH');
const VALUES = numberOf('VALUES');
const IN = numberOf('IN');
const ARRAY = numberOf('ARRAY');

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

/** What stands for values and between statements. */
const QUESTION_AND_SEMICOLON = Uint16Array.of(63, 59);
const hash = new Hash64();

/**
 * The tokens of a shape, with lists of equal elements folded to their first as they arrive. Tokens are kept as positions
 * in the statement, in arrays that serve one statement after another: `restart` first.
 */
export class TokenList {
  inArity = 0;
  rows = 0;
  isFull = false;

  #sql = '';
  #chars: Uint16Array = NO_CHARACTERS;
  readonly #starts = new Int32Array(SHOWN_TOKENS_MAX);
  readonly #stops = new Int32Array(SHOWN_TOKENS_MAX);
  readonly #marks = new Uint8Array(SHOWN_TOKENS_MAX);
  #length = 0;
  #size = 0;
  readonly #lists: readonly OpenList[] = Array.from({ length: LISTS_MAX }, closedList);
  #list: OpenList | undefined;
  #listCount = 0;
  #isEndPending = false;

  restart(sql: string, chars: Uint16Array): void {
    this.#sql = sql;
    this.#chars = chars;
    this.#isEndPending = false;
    this.inArity = 0;
    this.rows = 0;
    this.isFull = false;
    this.#length = 0;
    this.#size = 0;
    this.#listCount = 0;
    this.#list = undefined;
  }

  /** Adds all tokens held. */
  add(tokens: Tokens): void {
    for (let i = 1; i <= tokens.count; i++) {
      const kind = tokens.kinds[i] ?? 0;
      const isPunct = (kind & KIND) === PUNCT;
      const code = tokens.codes[i] ?? 0;
      if (isPunct && code === SEMICOLON) {
        this.#isEndPending = true;
        continue;
      }
      if (this.#isEndPending) this.#endStatement();
      const list = this.#list;
      if (list !== undefined) this.#beforeToken(list, tokens, i);
      if (!this.isFull) this.#addToken(tokens, i, kind);
      if (list?.isTuple === true && list.kind === 'values') this.#afterValuesToken(list, tokens, i);
      if (code === VALUES && (kind & KIND) === NAME_OR_WORD) this.#openList('values', tokens.depths[i] ?? 0);
      else if (isPunct && (code === OPEN || code === OPEN_BRACKET)) this.#openValues(tokens, i, code);
    }
  }

  /** A list after IN or ARRAY. */
  #openValues(tokens: Tokens, token: number, code: number): void {
    if (((tokens.kinds[token - 1] ?? 0) & KIND) !== NAME_OR_WORD) return;
    const word = tokens.codes[token - 1] ?? 0;
    if (word === IN && code === OPEN) this.#openList('in', tokens.depths[token] ?? 0);
    else if (word === ARRAY && code === OPEN_BRACKET) this.#openList('array', tokens.depths[token] ?? 0);
  }

  #endStatement(): void {
    this.#isEndPending = false;
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

  #openList(kind: ListKind, depth: number): void {
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

  text(isTruncated: boolean): string {
    const text = shownText(
      { sql: this.#sql, starts: this.#starts, stops: this.#stops, marks: this.#marks },
      this.#length,
    );
    return isTruncated ? (text + ELLIPSIS).trimStart() : text;
  }

  fingerprint(): string {
    hash.restart();
    for (let i = 0; i < this.#length; i++) {
      const start = this.#starts[i] ?? 0;
      if (start >= 0) hash.addFolded(this.#chars, start, this.#stops[i] ?? 0);
      else if (start === SHOWN_VALUE) hash.addFolded(QUESTION_AND_SEMICOLON, 0, 1);
      else hash.addFolded(QUESTION_AND_SEMICOLON, 1, 2);
    }
    return hash.hex();
  }

  #beforeToken(list: OpenList, tokens: Tokens, token: number): void {
    if (((tokens.kinds[token] ?? 0) & KIND) !== PUNCT) {
      if (list.kind === 'values' && !list.isTuple) this.#closeList();
      return;
    }
    const code = Math.abs(tokens.codes[token] ?? 0);
    const depth = tokens.depths[token] ?? 0;
    if (list.kind === 'values') return this.#beforeValuesMark(list, code, depth);
    const isClose =
      list.kind === 'in'
        ? code === CLOSE && depth < list.depth
        : code === CLOSE_BRACKET && depth <= list.depth;
    const isComma = code === COMMA && depth === list.depth;
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

  #beforeValuesMark(list: OpenList, code: number, depth: number): void {
    if (list.isTuple) return;
    if (code === COMMA && depth === list.depth && list.count > 0) list.checkpoint = this.#length;
    else if (code === OPEN && depth === list.depth + 1) list.isTuple = true;
    else this.#closeList();
  }

  #afterValuesToken(list: OpenList, tokens: Tokens, token: number): void {
    const isClose = ((tokens.kinds[token] ?? 0) & KIND) === PUNCT && tokens.codes[token] === CLOSE;
    if (!isClose || tokens.depths[token] !== list.depth) return;
    list.isTuple = false;
    list.count++;
    if (list.count > this.rows) this.rows = list.count;
    if (list.count > 1 && !this.isFull) this.#truncate(list.checkpoint);
  }

  #addToken(tokens: Tokens, token: number, kind: number): void {
    const spaced = (kind & SPACED) === 0 ? 0 : IS_SPACED;
    if ((kind & VALUE) !== 0) return this.#push(SHOWN_VALUE, SHOWN_VALUE + 1, spaced);
    const start = tokens.starts[token] ?? 0;
    const stop = tokens.stops[token] ?? 0;
    if ((kind & KIND) === NAME_OR_WORD) {
      const word = tokens.codes[token];
      this.#push(start, stop, word === SELECT || word === WITH ? spaced | IS_QUERY : spaced);
    } else if ((kind & KIND) === PUNCT && this.#wouldRunTogether(start)) this.#push(start, stop, IS_SPACED);
    else this.#push(start, stop, spaced);
  }

  /** `?` before `|` or `&`, two dashes and the marks of a comment must not become one token when read again. */
  #wouldRunTogether(start: number): boolean {
    const first = this.#chars[start];
    const isOperator = first === 124 || first === 38;
    if (!isOperator && first !== 45 && first !== 42 && first !== 47) return false;
    const last = this.#length - 1;
    if (last < 0) return false;
    if (this.#starts[last] === SHOWN_VALUE) return isOperator;
    if (this.#starts[last] === END_OF_STATEMENT) return false;
    const tail = this.#chars[(this.#stops[last] ?? 0) - 1];
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
    return at >= 0 && start >= 0 && this.#stops[at] === start + 1 && this.#chars[start] === code;
  }

  #isSame(one: number, other: number): boolean {
    const first = this.#starts[one] ?? 0;
    const second = this.#starts[other] ?? 0;
    if (first < 0 || second < 0) return first === second;
    const length = (this.#stops[one] ?? 0) - first;
    if ((this.#stops[other] ?? 0) - second !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#chars[first + i] !== this.#chars[second + i]) return false;
    }
    return true;
  }
}

function closedList(): OpenList {
  return { kind: 'in', depth: 0, firstStart: 0, firstStop: 0, checkpoint: 0, count: 0, isTuple: false };
}
