import { describe, expect, it } from 'vitest';
import { Lexer } from './lexer.ts';
import type { SqlDialect } from './types.ts';

/** A text that counts how often its characters are looked at. */
class CountedText extends String {
  looks = 0;

  override charCodeAt(index: number): number {
    this.looks++;
    return super.charCodeAt(index);
  }

  override charAt(index: number): string {
    this.looks++;
    return super.charAt(index);
  }

  override indexOf(searched: string, from = 0): number {
    const found = super.indexOf(searched, from);
    this.looks += (found < 0 ? this.length : found) - from;
    return found;
  }
}

function looksPerCharacter(text: string, dialect: SqlDialect): number {
  const counted = new CountedText(text);
  const lexer = new Lexer(counted as unknown as string, dialect, text.length);
  let tokens = 0;
  while (lexer.next()) tokens++;
  expect(tokens).toBeLessThanOrEqual(text.length);
  return counted.looks / text.length;
}

const HOSTILE: readonly (readonly [string, string])[] = [
  ['open brackets', '['],
  ['open brackets before a name', '[a '],
  ['open parentheses', '('],
  ['quotes', "'"],
  ['double quotes', '"'],
  ['double quotes after a comparison', '="a'],
  ['backslashes before quotes', "\\'"],
  ['dollar signs', '$'],
  ['dollar tags', '$a'],
  ['dollar tags that never close', ' $a$ $b'],
  ['Oracle quotes', " q'["],
  ['comments that open', '/*'],
  ['comments that open and close', '/**/'],
  ['dashes', '-'],
  ['dashes apart', '- '],
  ['signs before comments', '-/**/ '],
  ['percent signs', '%(a'],
  ['digits with points', '1.'],
  ['exponents', '1e+'],
  ['placeholders', '?'],
  ['lists in lists', ' IN (1, '],
  ['words', 'a '],
];

describe('the lexer looks at each character a bounded number of times', () => {
  it.each(HOSTILE)('in a long row of %s', (_name, part) => {
    for (const dialect of ['postgresql', 'mysql', 'sqlite', 'mssql', 'oracle', 'unknown'] as const) {
      const short = looksPerCharacter(part.repeat(2_000), dialect);
      const long = looksPerCharacter(part.repeat(8_000), dialect);
      expect(long).toBeLessThanOrEqual(Math.max(16, short * 1.1));
    }
  });
});
