import * as charactersModule from './characters.ts';
import * as hashModule from './hash.ts';
import * as wordsModule from './words.ts';

// An import is fetched, checked to be set and compared with what it was at every use, in loops too, and what comes of it is
// held as an object of the heap. A constant of this module is part of the code: scanning takes a quarter less.
const { foldedWordPart } = charactersModule;
const { addHigh, addLow, hash32, HIGH_SEED, LOW_SEED } = hashModule;
const { CONSTANT, FOLDING, numberOf, RESERVED, WORD_BITS, wordOf } = wordsModule;

/** What a token is; `NOTHING` stands before the first. */
export const NOTHING = 0;
export const NAME_OR_WORD = 1;
export const QUOTED = 2;
export const LITERAL = 3;
export const PLACEHOLDER = 4;
export const PUNCT = 5;
/** The bits of a kind that say the above. */
export const KIND = 7;
/** White space or a comment stands before the token. */
export const SPACED = 8;
/** The shape shows the token as `?`. */
export const VALUE = 16;
/** May open a list of values, end a statement or run together with the token before. */
export const FOLDED = 32;

/** Tokens held at once; a usual statement has fewer. */
export const TOKENS_MAX = 512;

export const NO_CHARACTERS = new Uint16Array(1);

const IS = numberOf('IS');
const NOT = numberOf('NOT');
/** The constants in upper case, however the text spells them. */
const SPELLED: ReadonlyMap<number, Uint16Array> = new Map(
  ['NULL', 'TRUE', 'FALSE'].map((word) => [
    numberOf(word),
    Uint16Array.from(word, (character) => character.charCodeAt(0)),
  ]),
);
const MARK_KINDS = Uint8Array.from({ length: 128 }, (_, code) =>
  ';[-*/|&'.includes(String.fromCharCode(code)) ? PUNCT | FOLDED : PUNCT,
);

/**
 * Some hundred tokens in arrays that are used again, for one statement after another: at 1 to `count`, and at 0 the one
 * before them. No object a token: making them cost more than finding them.
 */
export class Tokens {
  readonly kinds = new Uint8Array(TOKENS_MAX + 1);
  readonly starts = new Int32Array(TOKENS_MAX + 1);
  readonly stops = new Int32Array(TOKENS_MAX + 1);
  /** Parentheses open behind the token. */
  readonly depths = new Int32Array(TOKENS_MAX + 1);
  /** Number of a word. Of punctuation the last character, negative where it is not the only one. 0 of all others. */
  readonly codes = new Int32Array(TOKENS_MAX + 1);
  /** Two lanes of a hash over the characters, ASCII letters in one case. Nothing of literals and placeholders. */
  readonly lows = new Int32Array(TOKENS_MAX + 1);
  readonly highs = new Int32Array(TOKENS_MAX + 1);
  count = 0;
  text = '';
  chars: Uint16Array = NO_CHARACTERS;

  /** Of all tokens so far. The hash is that of the literals in order, while there are no placeholders. */
  placeholders = 0;
  literals = 0;
  literalHash = 0;
  #literalHashBefore = 0;

  slice(token: number): string {
    return this.text.slice(this.starts[token], this.stops[token]);
  }

  /** Upper case, as far as it means anything; empty where no word stands. */
  word(token: number): string {
    return ((this.kinds[token] ?? 0) & KIND) === NAME_OR_WORD ? wordOf(this.codes[token] ?? 0) : '';
  }

  /** Takes the last token off again, with its value. */
  dropLast(): void {
    const kind = this.kinds[this.count--] ?? 0;
    if ((kind & VALUE) === 0) return;
    if ((kind & KIND) === PLACEHOLDER) this.placeholders--;
    else {
      this.literals--;
      this.literalHash = this.#literalHashBefore;
    }
  }

  protected clear(text: string, chars: Uint16Array): void {
    this.text = text;
    this.chars = chars;
    this.count = 0;
    this.kinds[0] = NOTHING;
    this.codes[0] = 0;
    this.placeholders = 0;
    this.literals = 0;
    this.literalHash = 0;
  }

  protected keepLast(): void {
    const last = this.count;
    if (last > 0) {
      this.kinds[0] = this.kinds[last] ?? 0;
      this.codes[0] = this.codes[last] ?? 0;
    }
    this.count = 0;
  }

  /** Last character of the punctuation before; 0 where something else stands there. */
  protected previousMark(): number {
    const isPunct = ((this.kinds[this.count] ?? 0) & KIND) === PUNCT;
    return isPunct ? Math.abs(this.codes[this.count] ?? 0) : 0;
  }

  protected previousBits(): number {
    const isWord = ((this.kinds[this.count] ?? 0) & KIND) === NAME_OR_WORD;
    return isWord ? (WORD_BITS[this.codes[this.count] ?? 0] ?? 0) : 0;
  }

  protected isAfterValue(): boolean {
    const kind = (this.kinds[this.count] ?? 0) & KIND;
    if (kind === NAME_OR_WORD) return (this.previousBits() & RESERVED) === 0;
    if (kind !== PUNCT) return kind !== NOTHING;
    const code = this.previousMark();
    return code === 41 || code === 93;
  }

  /** Marks the last token, a word that means something. */
  protected markWord(word: number): void {
    const bits = WORD_BITS[word] ?? 0;
    if ((bits & (CONSTANT | FOLDING)) === 0) return;
    const token = this.count;
    if ((bits & CONSTANT) === 0) this.kinds[token] = (this.kinds[token] ?? 0) | FOLDED;
    else if (!this.#isNegation(token - 1)) {
      this.kinds[token] = (this.kinds[token] ?? 0) | VALUE;
      const spelled = SPELLED.get(word) ?? NO_CHARACTERS;
      this.#countLiteral(spelled, 0, spelled.length);
    }
  }

  /** Counts the last token, a literal. */
  protected countLiteral(): void {
    this.#countLiteral(this.chars, this.starts[this.count] ?? 0, this.stops[this.count] ?? 0);
  }

  /** Hashes the last token, of one character. */
  protected hashMark(code: number): void {
    this.lows[this.count] = addLow(LOW_SEED, code);
    this.highs[this.count] = addHigh(HIGH_SEED, code);
  }

  /** Hashes the last token, of any length. */
  protected hashToken(): void {
    const token = this.count;
    const chars = this.chars;
    const stop = this.stops[token] ?? 0;
    let low = LOW_SEED;
    let high = HIGH_SEED;
    for (let i = this.starts[token] ?? 0; i < stop; i++) {
      const code = chars[i] ?? 0;
      const folded = foldedWordPart(code) || code;
      low = addLow(low, folded);
      high = addHigh(high, folded);
    }
    this.lows[token] = low;
    this.highs[token] = high;
  }

  #countLiteral(chars: Uint16Array, start: number, stop: number): void {
    this.literals++;
    this.#literalHashBefore = this.literalHash;
    if (this.placeholders === 0) this.literalHash = hash32(this.literalHash, chars, { start, stop });
  }

  /** IS NULL and NOT NULL are no values. */
  #isNegation(token: number): boolean {
    const isWord = ((this.kinds[token] ?? 0) & KIND) === NAME_OR_WORD;
    const word = this.codes[token];
    return isWord && (word === IS || word === NOT);
  }
}

/** Kind of a punctuation that begins with this character. */
export function markKindOf(code: number): number {
  return MARK_KINDS[code] ?? PUNCT;
}
