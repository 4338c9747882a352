import * as charactersModule from './characters.ts';
import * as hashModule from './hash.ts';
import { Lexemes } from './lexemes.ts';
import { Tokens } from './tokens.ts';
import * as tokensModule from './tokens.ts';
import type { SqlDialect } from './types.ts';
import * as wordsModule from './words.ts';

// Constants of this module, for the reason given in tokens.ts.
const { ALONE, BLANK, classOf, DIGIT, DOUBTFUL, foldedWordPart, isComparison, isDigit, WORD } =
  charactersModule;
const { addHigh, addLow, HIGH_SEED, LOW_SEED } = hashModule;
const {
  FOLDED,
  KIND,
  LITERAL,
  markKindOf,
  NAME_OR_WORD,
  NO_CHARACTERS,
  PLACEHOLDER,
  PUNCT,
  QUOTED,
  SPACED,
  TOKENS_MAX,
  VALUE,
} = tokensModule;
const { COMPARING, knownWord, numberOf, OPENS_LIST, OTHER_WORD, SYSTEM_VARIABLE } = wordsModule;

const QUOTE = 39;
const DOUBLE = 34;
const DOT = 46;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
/** Longer words are names, whatever their hash. */
const WORD_LENGTH_MAX = 16;
const VALUES = numberOf('VALUES');

/**
 * Cuts SQL of any dialect into tokens, each character looked at a bounded number of times, and never throws. On doubt (a quote that does not close) the tokens end there, and `isDoubtful` is set.
 */
export class Lexer extends Tokens {
  isDoubtful = false;
  /** Where the quote begins that does not close; -1 where none does. */
  cutStart = -1;

  #dialect: SqlDialect = 'unknown';
  #end = 0;
  #lexemes = new Lexemes(NO_CHARACTERS, 0, 'unknown');
  #at = 0;
  #start = 0;
  #spaced = 0;
  #depth = 0;
  #isDone = true;
  #isValuesOpen = false;
  #listDepth = 0;

  /** `end`: how many of the characters are read; none that goes on a word stands behind them. */
  restart(text: string, chars: Uint16Array, { dialect, end }: { dialect: SqlDialect; end: number }): void {
    this.clear(text, chars);
    this.isDoubtful = false;
    this.cutStart = -1;
    this.#dialect = dialect;
    this.#end = end;
    this.#lexemes = new Lexemes(chars, end, dialect);
    this.#at = 0;
    this.#depth = 0;
    this.#isDone = false;
    this.#isValuesOpen = false;
    this.#listDepth = 0;
  }

  /** Moves on to the next tokens; false when there are none. */
  fill(): boolean {
    this.keepLast();
    const chars = this.chars;
    const end = this.#end;
    while (!this.#isDone && this.count < TOKENS_MAX) {
      const from = this.#at;
      let at = from;
      let code = chars[at] ?? 0;
      if (code === 32) code = chars[++at] ?? 0;
      let kind = classOf(code);
      if (kind === BLANK || kind === DOUBTFUL) {
        at = this.#lexemes.blankStop(at);
        code = at < 0 ? 0 : (chars[at] ?? 0);
        kind = classOf(code);
      }
      if (at < 0 || at >= end) {
        this.isDoubtful ||= at < 0;
        this.#isDone = true;
        break;
      }
      this.#spaced = at > from && from > 0 ? SPACED : 0;
      this.#start = at;
      if (kind === WORD) this.#readWord(at);
      else if (kind === ALONE) this.#putMark(at + 1, code);
      else if (kind === DIGIT) this.#putLiteral(this.#lexemes.digitsStop(at));
      else this.#read(at, code);
    }
    return this.count > 0;
  }

  #readWord(at: number): void {
    const chars = this.chars;
    const end = this.#end;
    // Both lanes of the token's hash in the loop that finds its end; the lower one also tells the words.
    let low = LOW_SEED;
    let high = HIGH_SEED;
    let stop = at | 0;
    let code = chars[at] ?? 0;
    for (let folded = foldedWordPart(code); folded !== 0; folded = foldedWordPart(code)) {
      low = addLow(low, folded);
      high = addHigh(high, folded);
      code = chars[++stop] ?? 0;
    }
    if (code === QUOTE && stop < end && stop - at <= 2 && this.#readPrefixedString(at, stop)) return;
    const number = stop - at <= WORD_LENGTH_MAX ? knownWord(low, stop - at) : OTHER_WORD;
    this.#put(NAME_OR_WORD, stop, number);
    this.lows[this.count] = low;
    this.highs[this.count] = high;
    if (number !== OTHER_WORD) this.markWord(number);
    if (number === VALUES) this.#isValuesOpen = true;
    else if (this.#listDepth === 0) this.#isValuesOpen = false;
  }

  #read(at: number, code: number): void {
    switch (code) {
      case OPEN:
      case CLOSE:
        return this.#readParenthesis(at, code);
      case QUOTE:
        return this.#takeQuoted(LITERAL, at, this.#hasBackslashes());
      case DOUBLE:
        return this.#readDoubleQuoted(at);
      case 96: // `
        return this.#takeQuoted(QUOTED, at, false);
      case 91: // [
        return this.#readBracket(at);
      case DOT:
        if (isDigit(this.chars[at + 1] ?? 0) && !this.isAfterValue())
          return this.#putLiteral(this.#lexemes.digitsStop(at));
        return this.#putMark(at + 1, DOT);
      case 43: // +
      case 45: // -
        return this.#readSign(at, code);
      default:
        return this.#readSymbol(at, code);
    }
  }

  /** `E'..'`, `N'..'`, `X'..'`, `B'..'` and Oracle's `q'[..]'`. */
  #readPrefixedString(at: number, quote: number): boolean {
    const prefix = this.text.slice(at, quote).toUpperCase();
    if ((prefix === 'Q' || prefix === 'NQ') && (this.#dialect === 'oracle' || this.#dialect === 'unknown')) {
      this.#takeOrCut(LITERAL, this.#lexemes.oracleQuoteStop(quote));
      return true;
    }
    if (!/^[ENXB]$/.test(prefix)) return false;
    const hasBackslashes = prefix === 'E' || this.#hasBackslashes();
    this.#takeOrCut(LITERAL, this.#lexemes.quotedStop(quote, hasBackslashes));
    return true;
  }

  #readDoubleQuoted(at: number): void {
    const isString = this.#isDoubleQuotedString(at);
    this.#takeQuoted(isString ? LITERAL : QUOTED, at, isString && this.#hasBackslashes());
  }

  #isDoubleQuotedString(at: number): boolean {
    const mysql = this.#dialect === 'mysql';
    if (!mysql && this.#dialect !== 'unknown' && this.#dialect !== 'sqlite') return false;
    if (this.previousMark() === DOT) return false;
    const stop = this.#lexemes.quotedStop(at, false);
    if (stop > 0 && this.chars[stop] === DOT) return false;
    return mysql || this.#isValueExpected();
  }

  #isValueExpected(): boolean {
    const kind = (this.kinds[this.count] ?? 0) & KIND;
    if (kind === NAME_OR_WORD) return (this.previousBits() & COMPARING) !== 0;
    if (kind !== PUNCT) return false;
    const code = this.previousMark();
    if (code === COMMA || code === OPEN) return this.#listDepth > 0;
    return code >= 60 && code <= 62; // < = >
  }

  #readBracket(at: number): void {
    const isIndex = this.isAfterValue() && (this.chars[at - 1] ?? 0) > 32;
    const stop = isIndex ? 0 : this.#lexemes.bracketStop(at);
    if (this.#dialect === 'mssql') this.#takeOrCut(QUOTED, stop === 0 ? -1 : stop);
    else if (stop > 0 && this.#dialect !== 'postgresql') this.#putHashed(QUOTED, stop, 0);
    else this.#putMark(at + 1, 91);
  }

  #readSign(at: number, code: number): void {
    if (code === 45 && this.chars[at + 1] === 62)
      return this.#putHashed(PUNCT | FOLDED, this.chars[at + 2] === 62 ? at + 3 : at + 2, -62);
    if (this.isAfterValue()) return this.#putMark(at + 1, code);
    const next = this.#lexemes.blankStop(at + 1);
    const first = next < 0 ? 0 : (this.chars[next] ?? 0);
    const isNumber = isDigit(first) || (first === DOT && isDigit(this.chars[next + 1] ?? 0));
    if (isNumber && next < this.#end) this.#putLiteral(this.#lexemes.digitsStop(next));
    else this.#putMark(at + 1, code);
  }

  #readSymbol(at: number, code: number): void {
    const next = this.chars[at + 1] ?? 0;
    if (code === 63 && (next === 124 || next === 38) && this.#dialect !== 'mysql' && this.isAfterValue())
      return this.#putHashed(PUNCT, at + 2, -next);
    if (code === 58 && (next === 58 || next === 61)) return this.#putHashed(PUNCT, at + 2, -next);
    if (code === 64 && next === 64)
      return this.#putHashed(NAME_OR_WORD, this.#lexemes.wordStop(at + 2), SYSTEM_VARIABLE);
    if (code === 36 && !isDigit(next) && (this.#dialect === 'postgresql' || this.#dialect === 'unknown')) {
      const stop = this.#lexemes.dollarQuoteStop(at);
      if (stop !== 0) return this.#takeOrCut(LITERAL, stop);
    }
    let stop = this.#lexemes.placeholderStop(at);
    if (stop > 0) {
      this.placeholders++;
      return this.#put(PLACEHOLDER | VALUE, stop, 0);
    }
    stop = at + 1;
    if (isComparison(code)) while (stop < this.#end && isComparison(this.chars[stop] ?? 0)) stop++;
    if (stop === at + 1) this.#putMark(stop, code);
    else this.#putHashed(PUNCT, stop, -(this.chars[stop - 1] ?? 0));
  }

  #readParenthesis(at: number, code: number): void {
    let kind = PUNCT;
    if (code === OPEN) {
      const isIn = (this.previousBits() & OPENS_LIST) !== 0;
      if (isIn) kind |= FOLDED;
      if (isIn || this.#isValuesOpen || this.#listDepth > 0) this.#listDepth++;
      this.#depth++;
    } else {
      if (this.#listDepth > 0) this.#listDepth--;
      if (this.#depth > 0) this.#depth--;
    }
    this.#put(kind, at + 1, code);
    this.hashMark(code);
  }

  #put(kind: number, stop: number, code: number): void {
    const at = ++this.count;
    const last = stop < this.#end ? stop : this.#end;
    this.kinds[at] = kind | this.#spaced;
    this.starts[at] = this.#start;
    this.stops[at] = last;
    this.codes[at] = code;
    this.depths[at] = this.#depth;
    this.#at = last;
  }

  #putLiteral(stop: number): void {
    this.#put(LITERAL | VALUE, stop, 0);
    this.countLiteral();
  }

  #putMark(stop: number, code: number): void {
    this.#put(markKindOf(code), stop, code);
    this.hashMark(code);
  }

  #putHashed(kind: number, stop: number, code: number): void {
    this.#put(kind, stop, code);
    this.hashToken();
  }

  #takeQuoted(kind: number, at: number, hasBackslashes: boolean): void {
    const stop = this.#lexemes.quotedStop(at, hasBackslashes);
    // Whether `\'` ends a string is for the dialect to say. Where it is unknown, what follows may be inside or outside.
    const isClear =
      !hasBackslashes || this.#dialect === 'mysql' || stop === this.#lexemes.quotedStop(at, false);
    this.#takeOrCut(kind, isClear ? stop : -1);
  }

  #takeOrCut(kind: number, stop: number): void {
    if (stop >= 0 && stop <= this.#end)
      return kind === QUOTED ? this.#putHashed(kind, stop, 0) : this.#putLiteral(stop);
    this.isDoubtful = true;
    this.#isDone = true;
    this.cutStart = this.#start;
  }

  #hasBackslashes(): boolean {
    return this.#dialect === 'mysql' || this.#dialect === 'unknown';
  }
}
