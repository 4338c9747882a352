import {
  ALONE,
  BLANK,
  classOf,
  DIGIT,
  DOUBTFUL,
  isComparison,
  isDigit,
  foldedWordPart,
  WORD,
} from './characters.ts';
import {
  blankStop,
  bracketStop,
  digitsStop,
  dollarQuoteStop,
  oracleQuoteStop,
  placeholderStop,
  quotedStop,
  wordStop,
} from './lexemes.ts';
import type { SqlDialect } from './types.ts';
import { COMPARING, knownWord, OPENS_LIST, OTHER_WORD, RESERVED, WORD_FACTOR, WORD_SEED } from './words.ts';

export type TokenKind = 'end' | 'word' | 'quoted' | 'literal' | 'placeholder' | 'punct';

const QUOTE = 39;
const DOUBLE = 34;
const DOT = 46;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
/** Longer words are names, whatever their hash. */
const WORD_LENGTH_MAX = 16;

/**
 * Cuts SQL of any dialect into tokens, each character looked at a bounded number of times, and never throws.
 * On doubt (a quote that does not close) the rest of the text becomes one token, `isDoubtful` is set and the end is near.
 */
export class Lexer {
  kind: TokenKind = 'end';
  start = 0;
  stop = 0;
  /** Of a word only: upper case when the scanner knows it, else that of OTHER_WORD; '' for a system variable. */
  word = '';
  /** What is known of that word. */
  bits = 0;
  /** Last character of a punctuation token. */
  code = 0;
  /** The character of a punctuation token that has but one. */
  mark = 0;
  isSpaced = false;
  isDoubtful = false;
  depth = 0;

  readonly text: string;
  readonly #dialect: SqlDialect;
  readonly #end: number;
  #previousKind: TokenKind = 'end';
  #previousBits = 0;
  #previousCode = 0;
  #isValuesOpen = false;
  #listDepth = 0;

  constructor(text: string, dialect: SqlDialect, end = text.length) {
    this.text = text;
    this.#dialect = dialect;
    this.#end = end;
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    this.#previousKind = this.kind;
    this.#previousBits = this.bits;
    this.#previousCode = this.code;
    this.word = '';
    this.bits = 0;
    this.code = 0;
    this.mark = 0;
    const text = this.text;
    const from = this.stop;
    let at = from;
    if (at < this.#end && text.charCodeAt(at) === 32) at++;
    if (at >= this.#end) return this.#finish(at, from);
    let code = text.charCodeAt(at);
    let kind = classOf(code);
    if (kind === BLANK || kind === DOUBTFUL) {
      at = blankStop(text, at, { dialect: this.#dialect, end: this.#end });
      if (at < 0 || at >= this.#end) return this.#finish(at, from);
      code = text.charCodeAt(at);
      kind = classOf(code);
    }
    this.isSpaced = at > from && from > 0;
    this.start = at;
    if (kind === WORD) this.#readWord(at);
    else if (kind === ALONE) this.#takeMark(at, code);
    else if (kind === DIGIT) this.#take('literal', digitsStop(text, at, this.#end));
    else this.#read(at, code);
    if (this.stop > this.#end) this.stop = this.#end;
    return true;
  }

  /** `at` is -1 where a comment does not close. */
  #finish(at: number, from: number): false {
    if (at < 0) this.isDoubtful = true;
    this.isSpaced = this.#end > from && from > 0;
    this.start = at < 0 ? from : this.#end;
    this.kind = 'end';
    this.stop = this.#end;
    return false;
  }

  slice(): string {
    return this.text.slice(this.start, this.stop);
  }

  #read(at: number, code: number): void {
    switch (code) {
      case OPEN:
      case CLOSE:
        return this.#readParenthesis(at, code);
      case QUOTE:
        return this.#takeQuoted('literal', at, this.#hasBackslashes());
      case DOUBLE:
        return this.#readDoubleQuoted(at);
      case 96: // `
        return this.#takeQuoted('quoted', at, false);
      case 91: // [
        return this.#readBracket(at);
      case DOT:
        if (isDigit(this.text.charCodeAt(at + 1)) && !this.#isAfterValue())
          return this.#take('literal', digitsStop(this.text, at, this.#end));
        return this.#takePunct(at + 1);
      case 43: // +
      case 45: // -
        return this.#readSign(at, code);
      default:
        return this.#readSymbol(at, code);
    }
  }

  #readWord(at: number): void {
    const text = this.text;
    const end = this.#end;
    let hash = WORD_SEED;
    let stop = at;
    let code = text.charCodeAt(at);
    for (let folded = foldedWordPart(code); folded !== 0; folded = foldedWordPart(code)) {
      hash = Math.imul(hash ^ folded, WORD_FACTOR);
      if (++stop >= end) break;
      code = text.charCodeAt(stop);
    }
    if (code === QUOTE && stop < end && stop - at <= 2 && this.#readPrefixedString(at, stop)) return;
    const known = stop - at <= WORD_LENGTH_MAX ? knownWord(hash, stop - at) : OTHER_WORD;
    this.kind = 'word';
    this.stop = stop;
    this.word = known.word;
    this.bits = known.bits;
    if (known.word === 'VALUES') this.#isValuesOpen = true;
    else if (this.#listDepth === 0) this.#isValuesOpen = false;
  }

  /** `E'..'`, `N'..'`, `X'..'`, `B'..'` and Oracle's `q'[..]'`. */
  #readPrefixedString(at: number, quote: number): boolean {
    const prefix = this.text.slice(at, quote).toUpperCase();
    if ((prefix === 'Q' || prefix === 'NQ') && (this.#dialect === 'oracle' || this.#dialect === 'unknown')) {
      this.#takeOrCut('literal', oracleQuoteStop(this.text, quote, this.#end));
      return true;
    }
    if (!/^[ENXB]$/.test(prefix)) return false;
    this.#takeOrCut(
      'literal',
      quotedStop(this.text, quote, {
        end: this.#end,
        hasBackslashes: prefix === 'E' || this.#hasBackslashes(),
      }),
    );
    return true;
  }

  #readDoubleQuoted(at: number): void {
    const { isString, hasBackslashes } = this.#doubleQuoteRole(at);
    this.#takeQuoted(isString ? 'literal' : 'quoted', at, hasBackslashes);
  }

  #doubleQuoteRole(at: number): { isString: boolean; hasBackslashes: boolean } {
    const mysql = this.#dialect === 'mysql';
    if (!mysql && this.#dialect !== 'unknown' && this.#dialect !== 'sqlite')
      return { isString: false, hasBackslashes: false };
    const afterDot = this.#previousKind === 'punct' && this.#previousCode === DOT;
    const stop = quotedStop(this.text, at, { end: this.#end, hasBackslashes: false });
    const beforeDot = stop > 0 && this.text.charCodeAt(stop) === DOT;
    if (afterDot || beforeDot) return { isString: false, hasBackslashes: false };
    const isString = mysql || this.#isValueExpected();
    return { isString, hasBackslashes: isString && this.#hasBackslashes() };
  }

  #isValueExpected(): boolean {
    if (this.#previousKind === 'word') return (this.#previousBits & COMPARING) !== 0;
    if (this.#previousKind !== 'punct') return false;
    if (this.#previousCode === COMMA || this.#previousCode === OPEN) return this.#listDepth > 0;
    return this.#previousCode >= 60 && this.#previousCode <= 62; // < = >
  }

  #readBracket(at: number): void {
    const stop =
      this.#isAfterValue() && this.text.charCodeAt(at - 1) > 32 ? 0 : bracketStop(this.text, at, this.#end);
    if (this.#dialect === 'mssql') this.#takeOrCut('quoted', stop === 0 ? -1 : stop);
    else if (stop > 0 && this.#dialect !== 'postgresql') this.#take('quoted', stop);
    else this.#takePunct(at + 1);
  }

  #readSign(at: number, code: number): void {
    if (code === 45 && this.text.charCodeAt(at + 1) === 62)
      return this.#takePunct(this.text.charCodeAt(at + 2) === 62 ? at + 3 : at + 2);
    if (this.#isAfterValue()) return this.#takePunct(at + 1);
    const next = blankStop(this.text, at + 1, { dialect: this.#dialect, end: this.#end });
    const first = next < 0 ? 0 : this.text.charCodeAt(next);
    const isNumber = isDigit(first) || (first === DOT && isDigit(this.text.charCodeAt(next + 1)));
    if (isNumber && next < this.#end) this.#take('literal', digitsStop(this.text, next, this.#end));
    else this.#takePunct(at + 1);
  }

  #readSymbol(at: number, code: number): void {
    const next = this.text.charCodeAt(at + 1);
    if (code === 63 && (next === 124 || next === 38) && this.#dialect !== 'mysql' && this.#isAfterValue())
      return this.#takePunct(at + 2);
    if (code === 58 && (next === 58 || next === 61)) return this.#takePunct(at + 2);
    if (code === 64 && next === 64) return this.#take('word', wordStop(this.text, at + 2));
    if (code === 36 && !isDigit(next) && (this.#dialect === 'postgresql' || this.#dialect === 'unknown')) {
      const stop = dollarQuoteStop(this.text, at, this.#end);
      if (stop !== 0) return this.#takeOrCut('literal', stop);
    }
    let stop = placeholderStop(this.text, at);
    if (stop > 0) return this.#take('placeholder', stop);
    stop = at + 1;
    if (isComparison(code)) while (stop < this.#end && isComparison(this.text.charCodeAt(stop))) stop++;
    this.#takePunct(stop);
  }

  #readParenthesis(at: number, code: number): void {
    if (code === OPEN) {
      const opensList = this.#isValuesOpen || (this.#previousBits & OPENS_LIST) !== 0 || this.#listDepth > 0;
      if (opensList) this.#listDepth++;
      this.depth++;
    } else {
      if (this.#listDepth > 0) this.#listDepth--;
      if (this.depth > 0) this.depth--;
    }
    this.#takeMark(at, code);
  }

  #take(kind: TokenKind, stop: number): void {
    this.kind = kind;
    this.stop = stop;
  }

  #takePunct(stop: number): void {
    this.kind = 'punct';
    this.stop = stop;
    this.code = this.text.charCodeAt(stop - 1);
    if (stop - this.start === 1) this.mark = this.code;
  }

  #takeMark(at: number, code: number): void {
    this.kind = 'punct';
    this.stop = at + 1;
    this.code = code;
    this.mark = code;
  }

  #takeQuoted(kind: TokenKind, at: number, hasBackslashes: boolean): void {
    const stop = quotedStop(this.text, at, { end: this.#end, hasBackslashes });
    // Whether `\'` ends a string is for the dialect to say. Where it is unknown, what follows may be inside or outside.
    const isClear =
      !hasBackslashes ||
      this.#dialect === 'mysql' ||
      stop === quotedStop(this.text, at, { end: this.#end, hasBackslashes: false });
    this.#takeOrCut(kind, isClear ? stop : -1);
  }

  #takeOrCut(kind: TokenKind, stop: number): void {
    if (stop < 0 || stop > this.#end) this.isDoubtful = true;
    this.#take(this.isDoubtful ? 'literal' : kind, this.isDoubtful ? this.#end : stop);
  }

  #hasBackslashes(): boolean {
    return this.#dialect === 'mysql' || this.#dialect === 'unknown';
  }

  #isAfterValue(): boolean {
    const kind = this.#previousKind;
    if (kind === 'word') return (this.#previousBits & RESERVED) === 0;
    if (kind === 'punct') return this.#previousCode === CLOSE || this.#previousCode === 93;
    return kind !== 'end';
  }
}
