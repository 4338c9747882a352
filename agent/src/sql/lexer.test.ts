import { describe, expect, it } from 'vitest';
import { Lexer } from './lexer.ts';
import { maskLiterals } from './mask.ts';
import { shapeOf } from './shape.ts';
import { CHARACTERS_MAX, charactersOf } from './text-characters.ts';
import type { SqlDialect } from './types.ts';

function looksPerCharacter(text: string, dialect: SqlDialect): number {
  let looks = 0;
  const counted = new Proxy(charactersOf(text), {
    get: (chars, key) => {
      looks++;
      return Reflect.get(chars, key, chars);
    },
  });
  const lexer = new Lexer();
  lexer.restart(text, counted, { dialect, end: text.length });
  let tokens = 0;
  while (lexer.fill()) tokens += lexer.count;
  expect(tokens).toBeLessThanOrEqual(text.length);
  expect(looks).toBeGreaterThan(0);
  return looks / text.length;
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
      const short = looksPerCharacter(part.repeat(500), dialect);
      const long = looksPerCharacter(part.repeat(2_000), dialect);
      expect(long).toBeLessThanOrEqual(Math.max(16, short * 1.1));
    }
  });
});

it('reads a text longer than the characters kept, and none beyond its limit', () => {
  const long = 'x'.repeat(CHARACTERS_MAX - 100);
  const read = shapeOf(`SELECT '${long}' FROM t`, 'postgresql');
  expect(read).toMatchObject({ text: 'SELECT ? FROM t', isTruncated: false });
  const cut = `SELECT a, ${' '.repeat(CHARACTERS_MAX)}, 'secret'`;
  expect(shapeOf(cut, 'postgresql')).toMatchObject({ text: 'SELECT a, ...', isTruncated: true });
  expect(maskLiterals(cut, 'postgresql')).not.toContain('secret');
});
