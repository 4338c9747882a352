import {
  blankStop,
  bracketStop,
  digitsStop,
  dollarQuoteStop,
  isDigit,
  isWordPart,
  isWordStart,
  oracleQuoteStop,
  quotedStop,
} from './lexemes.ts';
import type { SqlDialect } from './types.ts';
import { COMPARING, RESERVED } from './words.ts';

export type TokenKind = 'end' | 'word' | 'quoted' | 'literal' | 'placeholder' | 'punct';

const QUOTE = 39;
const DOUBLE = 34;
const DOT = 46;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;

/**
 * Cuts SQL of any dialect into tokens, each character looked at a bounded number of times, and never throws.
 * On doubt (a quote that does not close) the rest of the text becomes one token, `isDoubtful` is set and the end is near.
 */
export class Lexer {
  kind: TokenKind = 'end';
  start = 0;
  stop = 0;
  /** Upper case, of a word only. */
  word = '';
  /** First character of a punctuation token. */
  code = 0;
  isSpaced = false;
  isDoubtful = false;
  depth = 0;

  readonly #text: string;
  readonly #dialect: SqlDialect;
  readonly #end: number;
  #previousKind: TokenKind = 'end';
  #previousWord = '';
  #previousCode = 0;
  #isValuesOpen = false;
  #listDepth = 0;

  constructor(text: string, dialect: SqlDialect, end = text.length) {
    this.#text = text;
    this.#dialect = dialect;
    this.#end = end;
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    this.#previousKind = this.kind;
    this.#previousWord = this.word;
    this.#previousCode = this.code;
    const from = this.stop;
    const blank = blankStop(this.#text, from, { dialect: this.#dialect, end: this.#end });
    const start = blank < 0 ? this.#end : blank;
    if (blank < 0) this.isDoubtful = true;
    this.isSpaced = start > from && from > 0;
    this.start = start;
    this.word = '';
    this.code = 0;
    if (start >= this.#end) {
      if (blank < 0) this.start = from;
      this.kind = 'end';
      this.stop = this.#end;
      return false;
    }
    this.#read(start, this.#text.charCodeAt(start));
    if (this.stop > this.#end) this.stop = this.#end;
    return true;
  }

  slice(): string {
    return this.#text.slice(this.start, this.stop);
  }

  #read(at: number, code: number): void {
    if (isWordStart(code)) return this.#readWord(at);
    if (isDigit(code)) return this.#take('literal', digitsStop(this.#text, at, this.#end));
    switch (code) {
      case QUOTE:
        return this.#takeQuoted('literal', at, this.#hasBackslashes());
      case DOUBLE:
        return this.#readDoubleQuoted(at);
      case 96: // `
        return this.#takeQuoted('quoted', at, false);
      case 91: // [
        return this.#readBracket(at);
      case DOT:
        if (isDigit(this.#text.charCodeAt(at + 1)) && !this.#isAfterValue())
          return this.#take('literal', digitsStop(this.#text, at, this.#end));
        return this.#takePunct(at + 1);
      case 43: // +
      case 45: // -
        return this.#readSign(at, code);
      default:
        return this.#readSymbol(at, code);
    }
  }

  #readWord(at: number): void {
    let stop = at + 1;
    while (stop < this.#end && isWordPart(this.#text.charCodeAt(stop))) stop++;
    if (this.#text.charCodeAt(stop) === QUOTE && stop < this.#end && stop - at <= 2) {
      if (this.#readPrefixedString(at, stop)) return;
    }
    this.kind = 'word';
    this.stop = stop;
    this.word = this.#text.slice(at, stop).toUpperCase();
    if (this.word === 'VALUES') this.#isValuesOpen = true;
    else if (this.#listDepth === 0) this.#isValuesOpen = false;
  }

  /** `E'..'`, `N'..'`, `X'..'`, `B'..'` and Oracle's `q'[..]'`. */
  #readPrefixedString(at: number, quote: number): boolean {
    const prefix = this.#text.slice(at, quote).toUpperCase();
    if ((prefix === 'Q' || prefix === 'NQ') && (this.#dialect === 'oracle' || this.#dialect === 'unknown')) {
      this.#takeOrCut('literal', oracleQuoteStop(this.#text, quote, this.#end));
      return true;
    }
    if (!/^[ENXB]$/.test(prefix)) return false;
    this.#takeOrCut(
      'literal',
      quotedStop(this.#text, quote, {
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
    const stop = quotedStop(this.#text, at, { end: this.#end, hasBackslashes: false });
    const beforeDot = stop > 0 && this.#text.charCodeAt(stop) === DOT;
    if (afterDot || beforeDot) return { isString: false, hasBackslashes: false };
    const isString = mysql || this.#isValueExpected();
    return { isString, hasBackslashes: isString && this.#hasBackslashes() };
  }

  #isValueExpected(): boolean {
    if (this.#previousKind === 'word') return COMPARING.has(this.#previousWord);
    if (this.#previousKind !== 'punct') return false;
    if (this.#previousCode === COMMA || this.#previousCode === OPEN) return this.#listDepth > 0;
    return this.#previousCode >= 60 && this.#previousCode <= 62; // < = >
  }

  #readBracket(at: number): void {
    const stop =
      this.#isAfterValue() && !this.#isBlankBefore(at) ? 0 : bracketStop(this.#text, at, this.#end);
    if (this.#dialect === 'mssql') this.#takeOrCut('quoted', stop === 0 ? -1 : stop);
    else if (stop > 0 && this.#dialect !== 'postgresql') this.#take('quoted', stop);
    else this.#takePunct(at + 1);
  }

  #readSign(at: number, code: number): void {
    if (code === 45 && this.#text.charCodeAt(at + 1) === 62)
      return this.#takePunct(this.#text.charCodeAt(at + 2) === 62 ? at + 3 : at + 2);
    if (this.#isAfterValue()) return this.#takePunct(at + 1);
    const next = blankStop(this.#text, at + 1, { dialect: this.#dialect, end: this.#end });
    const first = next < 0 ? 0 : this.#text.charCodeAt(next);
    const isNumber = isDigit(first) || (first === DOT && isDigit(this.#text.charCodeAt(next + 1)));
    if (isNumber && next < this.#end) this.#take('literal', digitsStop(this.#text, next, this.#end));
    else this.#takePunct(at + 1);
  }

  #readSymbol(at: number, code: number): void {
    const next = this.#text.charCodeAt(at + 1);
    if (code === OPEN || code === CLOSE) return this.#readParenthesis(at, code);
    if (code === 36) return this.#readDollar(at, next);
    if (code === 63) {
      const isOperator = (next === 124 || next === 38) && this.#dialect !== 'mysql' && this.#isAfterValue();
      return isOperator
        ? this.#takePunct(at + 2)
        : this.#take('placeholder', wordStop(this.#text, at + 1, true));
    }
    if (code === 58) {
      if (next === 58 || next === 61) return this.#takePunct(at + 2);
      return isWordPart(next)
        ? this.#take('placeholder', wordStop(this.#text, at + 1))
        : this.#takePunct(at + 1);
    }
    if (code === 64) {
      if (next === 64) return this.#take('word', wordStop(this.#text, at + 2));
      return isWordStart(next) || isDigit(next)
        ? this.#take('placeholder', wordStop(this.#text, at + 1))
        : this.#takePunct(at + 1);
    }
    if (code === 37) return this.#readPercent(at, next);
    let stop = at + 1;
    if (isComparison(code)) while (isComparison(this.#text.charCodeAt(stop))) stop++;
    this.#takePunct(stop);
  }

  #readParenthesis(at: number, code: number): void {
    if (code === OPEN) {
      const opensList =
        this.#isValuesOpen ||
        (this.#previousKind === 'word' && this.#previousWord === 'IN') ||
        this.#listDepth > 0;
      if (opensList) this.#listDepth++;
      this.depth++;
    } else {
      if (this.#listDepth > 0) this.#listDepth--;
      if (this.depth > 0) this.depth--;
    }
    this.#takePunct(at + 1);
  }

  #readDollar(at: number, next: number): void {
    if (isDigit(next)) return this.#take('placeholder', wordStop(this.#text, at + 1, true));
    const mayQuote = this.#dialect === 'postgresql' || this.#dialect === 'unknown';
    const stop = mayQuote ? dollarQuoteStop(this.#text, at, this.#end) : 0;
    if (stop !== 0) return this.#takeOrCut('literal', stop);
    if (isWordStart(next)) return this.#take('placeholder', wordStop(this.#text, at + 1));
    this.#takePunct(at + 1);
  }

  #readPercent(at: number, next: number): void {
    if (next === 115 && !isWordPart(this.#text.charCodeAt(at + 2))) return this.#take('placeholder', at + 2);
    if (next !== OPEN) return this.#takePunct(at + 1);
    const stop = wordStop(this.#text, at + 2);
    const isNamed = this.#text.charCodeAt(stop) === CLOSE && this.#text.charCodeAt(stop + 1) === 115;
    if (isNamed) this.#take('placeholder', stop + 2);
    else this.#takePunct(at + 1);
  }

  #take(kind: TokenKind, stop: number): void {
    this.kind = kind;
    this.stop = stop;
  }

  #takePunct(stop: number): void {
    this.kind = 'punct';
    this.stop = stop;
    this.code = this.#text.charCodeAt(stop - 1);
  }

  #takeQuoted(kind: TokenKind, at: number, hasBackslashes: boolean): void {
    const stop = quotedStop(this.#text, at, { end: this.#end, hasBackslashes });
    // Whether `\'` ends a string is for the dialect to say. Where it is unknown, what follows may be inside or outside.
    const isClear =
      !hasBackslashes ||
      this.#dialect === 'mysql' ||
      stop === quotedStop(this.#text, at, { end: this.#end, hasBackslashes: false });
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
    if (kind === 'word') return !RESERVED.has(this.#previousWord);
    if (kind === 'punct') return this.#previousCode === CLOSE || this.#previousCode === 93;
    return kind !== 'end';
  }

  #isBlankBefore(at: number): boolean {
    return at > 0 && this.#text.charCodeAt(at - 1) <= 32;
  }
}

function isComparison(code: number): boolean {
  return (code >= 60 && code <= 62) || code === 33;
}

function wordStop(text: string, from: number, digitsOnly = false): number {
  let stop = from;
  while (digitsOnly ? isDigit(text.charCodeAt(stop)) : isWordPart(text.charCodeAt(stop))) stop++;
  return stop;
}
