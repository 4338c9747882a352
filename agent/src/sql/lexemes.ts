import { isDigit, isWordPart, isWordStart, SPACE_MAX } from './characters.ts';
import type { SqlDialect } from './types.ts';

/** Longest `[name]` recognised where the dialect does not say that brackets quote. */
const BRACKET_NAME_MAX = 128;
/** Longest tag of a `$tag$` string. */
const DOLLAR_TAG_MAX = 63;

/** Position after white space and comments; -1 when a comment does not close. */
export function blankStop(text: string, from: number, within: { dialect: SqlDialect; end: number }): number {
  let at = from;
  while (at < within.end) {
    const code = text.charCodeAt(at);
    if (code <= SPACE_MAX || code === 0xa0 || code === 0xfeff) at++;
    else if (isLineComment(text, at, within.dialect)) {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? within.end : newline + 1;
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      at = blockCommentStop(text, at, within);
      if (at < 0) return -1;
    } else break;
  }
  return Math.min(at, within.end);
}

/** Position after a number with all the letters and digits that touch it; on doubt they belong to the value. */
export function digitsStop(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (isWordPart(code)) at++;
    else if (code === 46 && isDigit(text.charCodeAt(at + 1))) at++;
    else if (
      code === 46 &&
      at > from &&
      !isWordStart(text.charCodeAt(at + 1)) &&
      text.charCodeAt(at + 1) !== 46
    )
      at++;
    else if ((code === 43 || code === 45) && isExponent(text, at, from)) at++;
    else break;
  }
  return at;
}

/** Position after the closing quote that equals the opening one; -1 when there is none. */
export function quotedStop(
  text: string,
  at: number,
  within: { end: number; hasBackslashes: boolean },
): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < within.end; i++) {
    const code = text.charCodeAt(i);
    if (code === 92 && within.hasBackslashes) i++;
    else if (code === quote) {
      if (text.charCodeAt(i + 1) === quote && i + 1 < within.end) i++;
      else return i + 1;
    }
  }
  return -1;
}

/** Position after a bracketed name; 0 when what follows is no name. Bounded, so that a row of brackets stays linear. */
export function bracketStop(text: string, at: number, end: number): number {
  if (!isWordStart(text.charCodeAt(at + 1))) return 0;
  const last = Math.min(end, at + BRACKET_NAME_MAX);
  for (let i = at + 2; i < last; i++) {
    const code = text.charCodeAt(i);
    if (code === 93) return i + 1;
    if (!isWordPart(code) && code !== 32 && code !== 45) return 0;
  }
  return 0;
}

/** Position after `$tag$ .. $tag$`; 0 when no tag starts here, -1 when it does not close. */
export function dollarQuoteStop(text: string, at: number, end: number): number {
  let i = at + 1;
  const last = Math.min(end, at + DOLLAR_TAG_MAX);
  while (i < last && text.charCodeAt(i) !== 36 && isWordPart(text.charCodeAt(i))) i++;
  if (text.charCodeAt(i) !== 36 || i >= end) return 0;
  const tag = text.slice(at, i + 1);
  const close = text.indexOf(tag, i + 1);
  return close < 0 ? -1 : close + tag.length;
}

/** Position after Oracle's `q'[..]'`, `at` being its quote; -1 when it does not close. */
export function oracleQuoteStop(text: string, at: number, end: number): number {
  const open = text.charAt(at + 1);
  const pair = '[]{}()<>'.indexOf(open);
  const close = pair >= 0 && pair % 2 === 0 ? '[]{}()<>'.charAt(pair + 1) : open;
  const found = open === '' ? -1 : text.indexOf(close + "'", at + 2);
  return found < 0 || found + 2 > end ? -1 : found + 2;
}

/** Position after the letters and digits from `from` on. */
export function wordStop(text: string, from: number, digitsOnly = false): number {
  let stop = from;
  while (stop < text.length) {
    const code = text.charCodeAt(stop);
    if (!(digitsOnly ? isDigit(code) : isWordPart(code))) break;
    stop++;
  }
  return stop;
}

/** Position after `?`, `?2`, `$1`, `$name`, `:name`, `@name`, `%s` and `%(name)s`; 0 when none starts here. */
export function placeholderStop(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  switch (text.charCodeAt(at)) {
    case 63: // ?
      return wordStop(text, at + 1, true);
    case 36: // $
      if (isDigit(next)) return wordStop(text, at + 1, true);
      return isWordStart(next) ? wordStop(text, at + 1) : 0;
    case 58: // :
      return isWordPart(next) ? wordStop(text, at + 1) : 0;
    case 64: // @
      return isWordStart(next) || isDigit(next) ? wordStop(text, at + 1) : 0;
    case 37: // %
      return percentStop(text, at, next);
    default:
      return 0;
  }
}

function percentStop(text: string, at: number, next: number): number {
  if (next === 115 && !isWordPart(text.charCodeAt(at + 2))) return at + 2;
  if (next !== 40) return 0;
  const stop = wordStop(text, at + 2);
  return text.charCodeAt(stop) === 41 && text.charCodeAt(stop + 1) === 115 ? stop + 2 : 0;
}

function isLineComment(text: string, at: number, dialect: SqlDialect): boolean {
  const code = text.charCodeAt(at);
  if (code === 35) return dialect === 'mysql';
  if (code !== 45 || text.charCodeAt(at + 1) !== 45) return false;
  if (dialect !== 'mysql') return true;
  // MySQL reads `5--3` as a subtraction: its comments need white space or the end after the dashes.
  const next = text.charCodeAt(at + 2);
  return Number.isNaN(next) || next <= SPACE_MAX;
}

function blockCommentStop(text: string, at: number, within: { dialect: SqlDialect; end: number }): number {
  const nests = within.dialect === 'postgresql' || within.dialect === 'mssql';
  let depth = 1;
  for (let i = at + 2; i < within.end; i++) {
    const code = text.charCodeAt(i);
    if (code === 42 && text.charCodeAt(i + 1) === 47) {
      i++;
      if (--depth === 0) return i + 1;
    } else if (nests && code === 47 && text.charCodeAt(i + 1) === 42) {
      i++;
      depth++;
    }
  }
  return -1;
}

function isExponent(text: string, at: number, from: number): boolean {
  const before = text.charCodeAt(at - 1) | 32;
  if (before !== 101 || !isDigit(text.charCodeAt(at + 1))) return false;
  const first = text.charCodeAt(from + 1) | 32;
  if (first === 120) return false; // 0x..e+1 is an addition
  const digit = text.charCodeAt(at - 2);
  return isDigit(digit) || digit === 46;
}
