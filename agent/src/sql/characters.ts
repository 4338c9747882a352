export const SPACE_MAX = 32;

/** What a character below 128 can begin, and whether it can go on a word. */
const SYMBOL = 0;
export const BLANK = 1;
export const WORD = 2;
export const DIGIT = 3;
/** Punctuation that is a token by itself, whatever follows. */
export const ALONE = 4;
/** May begin a comment, or be a character of its own. */
export const DOUBTFUL = 5;

const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => classOfAscii(code));

export function classOf(code: number): number {
  if (code < 128) return CLASSES[code] ?? SYMBOL;
  return code === 0xa0 || code === 0xfeff ? BLANK : code === 0x2026 ? ALONE : WORD;
}

function classOfAscii(code: number): number {
  if (code <= SPACE_MAX) return BLANK;
  const character = String.fromCharCode(code);
  if (/[a-z_]/i.test(character)) return WORD;
  if (/[0-9]/.test(character)) return DIGIT;
  if ('-/#'.includes(character)) return DOUBTFUL;
  return ',;*]{}~^|&\\\x7f'.includes(character) ? ALONE : SYMBOL;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWordStart(code: number): boolean {
  return code < 128 ? CLASSES[code] === WORD : code >= 128 && code !== 0x2026;
}

export function isWordPart(code: number): boolean {
  if (code >= 128) return code !== 0x2026;
  const kind = CLASSES[code];
  return kind === WORD || kind === DIGIT || code === 36;
}

export function isComparison(code: number): boolean {
  return (code >= 60 && code <= 62) || code === 33;
}

const FOLDED = Uint8Array.from({ length: 128 }, (_, code) => (isWordPart(code) ? code | 32 : 0));

/** The character with the case of an ASCII letter folded; 0 when it does not go on a word. */
export function foldedWordPart(code: number): number {
  if (code < 128) return FOLDED[code] ?? 0;
  return code === 0x2026 ? 0 : code;
}
