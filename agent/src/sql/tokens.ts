import { wordOf } from './words.ts';

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

/** Tokens held at once; a usual statement has fewer. */
export const TOKENS_MAX = 512;

export const NO_CHARACTERS = new Uint16Array(1);

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
  count = 0;
  text = '';
  chars: Uint16Array = NO_CHARACTERS;

  slice(token: number): string {
    return this.text.slice(this.starts[token], this.stops[token]);
  }

  /** Upper case, as far as it means anything; empty where no word stands. */
  word(token: number): string {
    return ((this.kinds[token] ?? 0) & KIND) === NAME_OR_WORD ? wordOf(this.codes[token] ?? 0) : '';
  }

  protected clear(text: string, chars: Uint16Array): void {
    this.text = text;
    this.chars = chars;
    this.count = 0;
    this.kinds[0] = NOTHING;
    this.codes[0] = 0;
  }

  protected keepLast(): void {
    const last = this.count;
    if (last > 0) {
      this.kinds[0] = this.kinds[last] ?? 0;
      this.codes[0] = this.codes[last] ?? 0;
    }
    this.count = 0;
  }
}
