import { ShownTokens } from './shown-tokens.ts';
import * as tokensModule from './tokens.ts';
import type { Tokens } from './tokens.ts';
import * as wordsModule from './words.ts';

// Constants of this module, for the reason given in tokens.ts.
const { FOLDED, KIND, NAME_OR_WORD, PUNCT, SPACED } = tokensModule;
const { numberOf } = wordsModule;

/** Lists inside lists that are still folded; deeper ones are kept as they are. */
const LISTS_MAX = 16;

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
  /** Its first element is a query. */
  isQuery: boolean;
}

/**
 * The tokens of a shape, with lists of equal elements folded to their first as they arrive. Tokens are kept as positions
 * in the statement, in arrays that serve one statement after another: `restart` first.
 */
export class TokenList extends ShownTokens {
  inArity = 0;
  rows = 0;

  readonly #lists: readonly OpenList[] = Array.from({ length: LISTS_MAX }, closedList);
  #list: OpenList | undefined;
  #listCount = 0;
  #isEndPending = false;

  restart(sql: string, chars: Uint16Array): void {
    this.clear(sql, chars);
    this.#isEndPending = false;
    this.inArity = 0;
    this.rows = 0;
    this.#listCount = 0;
    this.#list = undefined;
  }

  /** Adds all tokens held. */
  add(tokens: Tokens): void {
    for (let i = 1; i <= tokens.count; i++) {
      const kind = tokens.kinds[i] ?? 0;
      const isPlain = (kind & FOLDED) === 0 && this.#list === undefined && !this.#isEndPending;
      if (isPlain) this.push(tokens, i, kind);
      else this.#addFolded(tokens, i, kind);
    }
  }

  #addFolded(tokens: Tokens, token: number, kind: number): void {
    const isPunct = (kind & KIND) === PUNCT;
    const code = tokens.codes[token] ?? 0;
    if (isPunct && code === SEMICOLON) {
      this.#isEndPending = true;
      return;
    }
    if (this.#isEndPending) this.#endStatement();
    const list = this.#list;
    if (list !== undefined) {
      this.#beforeToken(list, tokens, token);
      if (this.length === list.firstStart)
        list.isQuery = (kind & KIND) === NAME_OR_WORD && (code === SELECT || code === WITH);
    }
    const isApart = isPunct && this.wouldRunTogether(tokens.starts[token] ?? 0);
    this.push(tokens, token, isApart ? kind | SPACED : kind);
    if (list?.isTuple === true && list.kind === 'values') this.#afterValuesToken(list, tokens, token);
    if (code === VALUES && (kind & KIND) === NAME_OR_WORD)
      this.#openList('values', tokens.depths[token] ?? 0);
    else if (isPunct && (code === OPEN || code === OPEN_BRACKET)) this.#openValues(tokens, token, code);
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
    this.pushEnd();
  }

  #openList(kind: ListKind, depth: number): void {
    const list = this.#lists[this.#listCount];
    if (list === undefined) return;
    list.kind = kind;
    list.depth = depth;
    list.firstStart = list.firstStop = list.checkpoint = this.length;
    list.count = 0;
    list.isTuple = false;
    list.isQuery = false;
    this.#list = list;
    this.#listCount++;
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
    list.checkpoint = this.length;
    if (!isClose) return;
    this.#closeList();
    if (list.count > this.inArity) this.inArity = list.count;
  }

  #closeList(): void {
    this.#listCount--;
    this.#list = this.#listCount > 0 ? this.#lists[this.#listCount - 1] : undefined;
  }

  #closeElement(list: OpenList): void {
    const stop = this.length;
    if (list.count === 0) {
      if (stop === list.firstStart || list.isQuery) return;
      list.firstStop = stop;
      list.count = 1;
      return;
    }
    list.count++;
    const length = list.firstStop - list.firstStart;
    if (stop - list.checkpoint - 1 !== length || this.isFull) return;
    for (let i = 0; i < length; i++) {
      if (!this.isSame(list.firstStart + i, list.checkpoint + 1 + i)) return;
    }
    this.truncate(list.checkpoint);
  }

  #beforeValuesMark(list: OpenList, code: number, depth: number): void {
    if (list.isTuple) return;
    if (code === COMMA && depth === list.depth && list.count > 0) list.checkpoint = this.length;
    else if (code === OPEN && depth === list.depth + 1) list.isTuple = true;
    else this.#closeList();
  }

  #afterValuesToken(list: OpenList, tokens: Tokens, token: number): void {
    const isClose = ((tokens.kinds[token] ?? 0) & KIND) === PUNCT && tokens.codes[token] === CLOSE;
    if (!isClose || tokens.depths[token] !== list.depth) return;
    list.isTuple = false;
    list.count++;
    if (list.count > this.rows) this.rows = list.count;
    if (list.count > 1 && !this.isFull) this.truncate(list.checkpoint);
  }
}

function closedList(): OpenList {
  return {
    kind: 'in',
    depth: 0,
    firstStart: 0,
    firstStop: 0,
    checkpoint: 0,
    count: 0,
    isTuple: false,
    isQuery: false,
  };
}
