import { SPACED } from './tokens.ts';

/** In place of the start of a token that is no part of the statement. */
export const SHOWN_VALUE = -1;
export const END_OF_STATEMENT = -2;

export interface Shown {
  readonly sql: string;
  readonly starts: Int32Array;
  readonly stops: Int32Array;
  /** Bits of kinds: whether a space stands before the token. */
  readonly marks: Uint8Array;
}

/** Runs of tokens that stand in the statement as they shall in the text are copied at once. */
export function shownText({ sql, starts, stops, marks }: Shown, length: number): string {
  let text = '';
  let from = 0;
  let to = 0;
  for (let i = 0; i < length; i++) {
    const start = starts[i] ?? 0;
    const isSpaced = i > 0 && ((marks[i] ?? 0) & SPACED) !== 0;
    const isBlankNext = isSpaced && to > from && sql.charCodeAt(to) === 32;
    if (start < 0) {
      text += sql.slice(from, isBlankNext ? to + 1 : to);
      if (isSpaced && !isBlankNext) text += ' ';
      text += start === SHOWN_VALUE ? '?' : ';';
      from = to = 0;
      continue;
    }
    const isNext = isBlankNext ? start === to + 1 : !isSpaced && start === to;
    if (!isNext || to === from) {
      text += sql.slice(from, to);
      from = start;
      if (isSpaced) {
        if (start > 0 && sql.charCodeAt(start - 1) === 32) from--;
        else text += ' ';
      }
    }
    to = stops[i] ?? 0;
  }
  return text + sql.slice(from, to);
}
