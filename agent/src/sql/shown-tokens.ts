import * as hashModule from './hash.ts';
import * as shownTextModule from './shown-text.ts';
import * as tokensModule from './tokens.ts';
import type { Tokens } from './tokens.ts';

// Constants of this module, for the reason given in tokens.ts.
const { addHigh, addLow, HIGH_SEED, hexOf, LOW_SEED } = hashModule;
const { END_OF_STATEMENT, SHOWN_VALUE, shownText } = shownTextModule;
const { NO_CHARACTERS, SPACED, VALUE } = tokensModule;

/** Longest normalised text, its ellipsis included. */
export const SHAPE_TEXT_MAX = 8_192;
const ELLIPSIS = ' ...';
/** Each token takes one character and a boundary at least. */
const SHOWN_TOKENS_MAX = SHAPE_TEXT_MAX / 2;
/** The text without its ellipsis. */
const SIZE_MAX = SHAPE_TEXT_MAX - ELLIPSIS.length;

const SEMICOLON = 59;
const QUESTION = 63;
/** Lanes of what stands for values and between statements, as if the text had it. */
const VALUE_LOW = addLow(LOW_SEED, QUESTION);
const VALUE_HIGH = addHigh(HIGH_SEED, QUESTION);
const END_LOW = addLow(LOW_SEED, SEMICOLON);
const END_HIGH = addHigh(HIGH_SEED, SEMICOLON);

/** The tokens that a shape shows, as positions in the statement, with the fingerprint at each of them. */
export class ShownTokens {
  isFull = false;

  /** How many there are. */
  protected length = 0;
  #sql = '';
  #chars: Uint16Array = NO_CHARACTERS;
  readonly #starts = new Int32Array(SHOWN_TOKENS_MAX);
  readonly #stops = new Int32Array(SHOWN_TOKENS_MAX);
  readonly #marks = new Uint8Array(SHOWN_TOKENS_MAX);
  /** Two lanes of the fingerprint over the tokens before: what is taken off again needs no other step. */
  readonly #lows = Int32Array.of(LOW_SEED, ...new Int32Array(SHOWN_TOKENS_MAX));
  readonly #highs = Int32Array.of(HIGH_SEED, ...new Int32Array(SHOWN_TOKENS_MAX));
  #size = 0;

  text(isTruncated: boolean): string {
    const text = shownText(
      { sql: this.#sql, starts: this.#starts, stops: this.#stops, marks: this.#marks },
      this.length,
    );
    return isTruncated ? (text + ELLIPSIS).trimStart() : text;
  }

  /** Half of the fingerprint, as a number. */
  checksum(): number {
    return this.#lows[this.length] ?? 0;
  }

  fingerprint(): string {
    return hexOf(this.#lows[this.length] ?? 0, this.#highs[this.length] ?? 0);
  }

  /** Takes off the end what stands there only because more was cut away; true when it was an ellipsis. */
  dropTail(): boolean {
    let isEllipsis = false;
    for (;;) {
      const length = this.length;
      let last = length;
      while (last > 0 && this.#is(last - 1, 46)) last--;
      const isEnd = length > 0 && this.#starts[length - 1] === END_OF_STATEMENT;
      if (length - last < 2 && !isEnd && !this.#is(length - 1, 0x2026)) return isEllipsis;
      if (!isEnd) isEllipsis = true;
      this.truncate(Math.min(last, length - 1));
    }
  }

  protected clear(sql: string, chars: Uint16Array): void {
    this.#sql = sql;
    this.#chars = chars;
    this.isFull = false;
    this.length = 0;
    this.#size = 0;
  }

  protected push(tokens: Tokens, token: number, kind: number): void {
    // All bits set of a value, none of anything else: an arm for each would be guessed wrong every second time.
    const shown = -((kind & VALUE) / VALUE);
    const start = (tokens.starts[token] ?? 0) | shown;
    const stop = (tokens.stops[token] ?? 0) & ~shown;
    const size = this.#size + stop - start + 1;
    if (this.isFull || size > SIZE_MAX) {
      this.isFull = true;
      return;
    }
    const at = this.length++;
    this.#size = size;
    this.#starts[at] = start;
    this.#stops[at] = stop;
    this.#marks[at] = kind & SPACED;
    this.#mix(
      ((tokens.lows[token] ?? 0) & ~shown) | (VALUE_LOW & shown),
      ((tokens.highs[token] ?? 0) & ~shown) | (VALUE_HIGH & shown),
    );
  }

  protected pushEnd(): void {
    const size = this.#size + 2;
    if (this.isFull || size > SIZE_MAX) {
      this.isFull = true;
      return;
    }
    const at = this.length++;
    this.#size = size;
    this.#starts[at] = END_OF_STATEMENT;
    this.#stops[at] = END_OF_STATEMENT + 1;
    this.#marks[at] = 0;
    this.#mix(END_LOW, END_HIGH);
  }

  /** Continues the fingerprint by the last token. */
  #mix(low: number, high: number): void {
    const at = this.length;
    const mixedLow = Math.imul((this.#lows[at - 1] ?? 0) ^ low, 0xcc9e2d51);
    this.#lows[at] = mixedLow ^ (mixedLow >>> 15);
    const mixedHigh = Math.imul((this.#highs[at - 1] ?? 0) ^ high, 0x1b873593);
    this.#highs[at] = mixedHigh ^ (mixedHigh >>> 13);
  }

  /** `?` before `|` or `&`, two dashes and the marks of a comment must not become one token when read again. */
  protected wouldRunTogether(start: number): boolean {
    const first = this.#chars[start];
    const isOperator = first === 124 || first === 38;
    if (!isOperator && first !== 45 && first !== 42 && first !== 47) return false;
    const last = this.length - 1;
    if (last < 0) return false;
    if (this.#starts[last] === SHOWN_VALUE) return isOperator;
    if (this.#starts[last] === END_OF_STATEMENT) return false;
    const tail = this.#chars[(this.#stops[last] ?? 0) - 1];
    return (tail === 45 && first === 45) || (tail === 47 && first === 42) || (tail === 42 && first === 47);
  }

  /** Takes off all but the first ones. */
  protected truncate(length: number): void {
    for (let i = length; i < this.length; i++) {
      this.#size -= (this.#stops[i] ?? 0) - (this.#starts[i] ?? 0) + 1;
    }
    if (length < this.length) this.length = length;
  }

  /** The token is this one character. */
  #is(at: number, code: number): boolean {
    const start = this.#starts[at] ?? -1;
    return at >= 0 && start >= 0 && this.#stops[at] === start + 1 && this.#chars[start] === code;
  }

  protected isSame(one: number, other: number): boolean {
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
