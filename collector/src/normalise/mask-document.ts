/**
 * A JSON-like command (Mongo filter, Elasticsearch body) with every value replaced by `?` and every key kept; lists of values
 * fold to one. Words outside of quotes before the first bracket stay (`find {"a": 1}` -> `find {"a":?}`). One pass; an unclosed
 * string is cut.
 */
export function maskDocument(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") {
      const stop = stringStop(text, at);
      if (isKey(text, stop)) out.push(text.slice(at, stop));
      else pushValue(out);
      at = stop;
    } else if ('{[('.includes(char)) {
      depth += 1;
      out.push(char);
      at += 1;
    } else if ('}])'.includes(char)) {
      depth -= 1;
      out.push(char);
      at += 1;
    } else if (char === ',' || char === ':') {
      out.push(char);
      at += 1;
    } else if (/\s/.test(char)) {
      at += 1;
    } else {
      const stop = wordStop(text, at);
      if (isKey(text, stop)) out.push(text.slice(at, stop));
      else if (depth === 0) out.push(`${text.slice(at, stop)} `);
      else pushValue(out);
      at = stop;
    }
  }
  return out.join('').trim();
}

/** `[1,2,3]` and `[1]` are one shape. */
function pushValue(out: string[]): void {
  if (out.at(-1) === ',' && out.at(-2) === '?') out.pop();
  else out.push('?');
}

function stringStop(text: string, from: number): number {
  const quote = text.charAt(from);
  let at = from + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\\') at += 2;
    else if (char === quote) return at + 1;
    else at += 1;
  }
  return text.length;
}

function wordStop(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && !/[\s,:{}[\]()"']/.test(text.charAt(at))) at += 1;
  return at;
}

/** The next thing after white space is a colon. Looks ahead a little only: keys are followed closely. */
function isKey(text: string, from: number): boolean {
  for (let at = from; at < Math.min(text.length, from + 8); at++) {
    const char = text.charAt(at);
    if (char === ':') return true;
    if (!/\s/.test(char)) return false;
  }
  return false;
}
