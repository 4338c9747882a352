const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
/** Shorter integers are exact as doubles. */
const DIGITS_MIN = 16;
const MAYBE_BIG = /\d{16}/;

/**
 * JSON text with its integers of 16 digits and more as strings: `JSON.parse` would round nanoseconds. Strings are passed over;
 * fractions and exponents stay numbers.
 */
export function quoteBigIntegers(text: string): string {
  if (!MAYBE_BIG.test(text)) return text;
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringStop(text, at);
    } else if (code === MINUS || isDigit(code)) {
      const stop = integerStop(text, at);
      const next = text.charAt(stop);
      const isWhole = next !== '.' && next !== 'e' && next !== 'E';
      if (isWhole && stop - at >= DIGITS_MIN) {
        parts.push(text.slice(kept, at), '"', text.slice(at, stop), '"');
        kept = stop;
      }
      at = isWhole ? stop : numberStop(text, stop);
    } else at += 1;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(kept);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function integerStop(text: string, from: number): number {
  let at = from + 1;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function numberStop(text: string, from: number): number {
  let at = from;
  while (at < text.length && '0123456789.eE+-'.includes(text.charAt(at))) at += 1;
  return at;
}

function stringStop(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 2;
    else if (code === QUOTE) return at + 1;
    else at += 1;
  }
  return text.length;
}
