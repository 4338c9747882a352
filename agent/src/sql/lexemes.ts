import * as charactersModule from './characters.ts';
import type { SqlDialect } from './types.ts';

// Constants of this module, for the reason given in tokens.ts.
const { isDigit, isWordPart, isWordStart, SPACE_MAX } = charactersModule;

/** Longest `[name]` recognised where the dialect does not say that brackets quote. */
const BRACKET_NAME_MAX = 128;
/** Longest tag of a `$tag$` string. */
const DOLLAR_TAG_MAX = 63;

const PAIRS = Array.from('[]{}()<>', (character) => character.charCodeAt(0));
const NEWLINE = 10;
const QUOTE = 39;

/** Finds where what begins at a position ends. Every answer is at most `end`; behind it stands at least one zero. */
export class Lexemes {
  readonly #chars: Uint16Array;
  readonly #end: number;
  readonly #dialect: SqlDialect;

  constructor(chars: Uint16Array, end: number, dialect: SqlDialect) {
    this.#chars = chars;
    this.#end = end;
    this.#dialect = dialect;
  }

  /** Position after white space and comments; -1 when a comment does not close. */
  blankStop(from: number): number {
    const chars = this.#chars;
    const end = this.#end;
    let at = from;
    while (at < end) {
      const code = chars[at] ?? 0;
      if (code <= SPACE_MAX || code === 0xa0 || code === 0xfeff) at++;
      else if ((code === 45 || code === 35) && this.#isLineComment(at, code)) {
        while (at < end && chars[at] !== NEWLINE) at++;
        at++;
      } else if (code === 47 && chars[at + 1] === 42) {
        at = this.#blockCommentStop(at);
        if (at < 0) return -1;
      } else break;
    }
    return Math.min(at, end);
  }

  /** Position after a number with all the letters and digits that touch it; on doubt they belong to the value. */
  digitsStop(from: number): number {
    const chars = this.#chars;
    const end = this.#end;
    let at = from;
    while (at < end) {
      const code = chars[at] ?? 0;
      if (isWordPart(code)) at++;
      else if (code === 46) {
        const next = chars[at + 1] ?? 0;
        if (!isDigit(next) && (at === from || isWordStart(next) || next === 46)) break;
        at++;
      } else if ((code === 43 || code === 45) && this.#isExponent(at, from)) at++;
      else break;
    }
    return at;
  }

  /** Position after the closing quote that equals the opening one; -1 when there is none. */
  quotedStop(at: number, hasBackslashes: boolean): number {
    const chars = this.#chars;
    const end = this.#end;
    const quote = chars[at] ?? 0;
    for (let i = at + 1; i < end; i++) {
      const code = chars[i] ?? 0;
      if (code === quote) {
        if (chars[i + 1] !== quote || i + 1 >= end) return i + 1;
        i++;
      } else if (code === 92 && hasBackslashes) i++;
    }
    return -1;
  }

  /** Position after a bracketed name; 0 when what follows is no name. Bounded, so that a row of brackets stays linear. */
  bracketStop(at: number): number {
    const chars = this.#chars;
    if (!isWordStart(chars[at + 1] ?? 0)) return 0;
    const last = Math.min(this.#end, at + BRACKET_NAME_MAX);
    for (let i = at + 2; i < last; i++) {
      const code = chars[i] ?? 0;
      if (code === 93) return i + 1;
      if (!isWordPart(code) && code !== 32 && code !== 45) return 0;
    }
    return 0;
  }

  /** Position after `$tag$ .. $tag$`; 0 when no tag starts here, -1 when it does not close. */
  dollarQuoteStop(at: number): number {
    const chars = this.#chars;
    let tagStop = at + 1;
    const last = Math.min(this.#end, at + DOLLAR_TAG_MAX);
    while (tagStop < last && chars[tagStop] !== 36 && isWordPart(chars[tagStop] ?? 0)) tagStop++;
    if (chars[tagStop] !== 36 || tagStop >= this.#end) return 0;
    const length = tagStop + 1 - at;
    for (let i = tagStop + 1; i + length <= this.#end; i++) {
      if (chars[i] !== 36) continue;
      let same = 1;
      while (same < length && chars[i + same] === chars[at + same]) same++;
      if (same === length) return i + length;
    }
    return -1;
  }

  /** Position after Oracle's `q'[..]'`, `at` being its quote; -1 when it does not close. */
  oracleQuoteStop(at: number): number {
    const chars = this.#chars;
    const open = chars[at + 1] ?? 0;
    const pair = PAIRS.indexOf(open);
    const close = pair >= 0 && pair % 2 === 0 ? PAIRS[pair + 1] : open;
    for (let i = at + 2; i + 1 < this.#end; i++) {
      if (chars[i] === close && chars[i + 1] === QUOTE) return i + 2;
    }
    return -1;
  }

  /** Position after the letters and digits from `from` on. */
  wordStop(from: number): number {
    const chars = this.#chars;
    let stop = from;
    while (stop < this.#end && isWordPart(chars[stop] ?? 0)) stop++;
    return stop;
  }

  /** Position after `?`, `?2`, `$1`, `$name`, `:name`, `@name`, `%s` and `%(name)s`; 0 when none starts here. */
  placeholderStop(at: number): number {
    const next = this.#chars[at + 1] ?? 0;
    switch (this.#chars[at] ?? 0) {
      case 63: // ?
        return this.#numberStop(at + 1);
      case 36: // $
        if (isDigit(next)) return this.#numberStop(at + 1);
        return isWordStart(next) ? this.wordStop(at + 1) : 0;
      case 58: // :
        return isWordPart(next) ? this.wordStop(at + 1) : 0;
      case 64: // @
        return isWordStart(next) || isDigit(next) ? this.wordStop(at + 1) : 0;
      case 37: // %
        return this.#percentStop(at, next);
      default:
        return 0;
    }
  }

  #numberStop(from: number): number {
    const chars = this.#chars;
    let stop = from;
    while (stop < this.#end && isDigit(chars[stop] ?? 0)) stop++;
    return stop;
  }

  #percentStop(at: number, next: number): number {
    const chars = this.#chars;
    if (next === 115 && !isWordPart(chars[at + 2] ?? 0)) return at + 2;
    if (next !== 40) return 0;
    const stop = this.wordStop(at + 2);
    return chars[stop] === 41 && chars[stop + 1] === 115 ? stop + 2 : 0;
  }

  #isLineComment(at: number, code: number): boolean {
    if (code === 35) return this.#dialect === 'mysql';
    if (this.#chars[at + 1] !== 45) return false;
    // MySQL reads `5--3` as a subtraction: its comments need white space or the end after the dashes.
    return this.#dialect !== 'mysql' || (this.#chars[at + 2] ?? 0) <= SPACE_MAX;
  }

  #blockCommentStop(at: number): number {
    const chars = this.#chars;
    const end = this.#end;
    const nests = this.#dialect === 'postgresql' || this.#dialect === 'mssql';
    let depth = 1;
    for (let i = at + 2; i < end; i++) {
      const code = chars[i] ?? 0;
      if (code === 42 && chars[i + 1] === 47) {
        i++;
        if (--depth === 0) return i + 1;
      } else if (nests && code === 47 && chars[i + 1] === 42) {
        i++;
        depth++;
      }
    }
    return -1;
  }

  #isExponent(at: number, from: number): boolean {
    const chars = this.#chars;
    const before = (chars[at - 1] ?? 0) | 32;
    if (at === 0 || before !== 101 || !isDigit(chars[at + 1] ?? 0)) return false;
    const first = (chars[from + 1] ?? 0) | 32;
    if (first === 120) return false; // 0x..e+1 is an addition
    const digit = at > 1 ? (chars[at - 2] ?? 0) : 0;
    return isDigit(digit) || digit === 46;
  }
}
