import { expect, it } from 'vitest';
import { savingText } from './finding-words.ts';

it.each([
  ['n_plus_one', 330, 'could be 1 query: saves about 330 ms'],
  ['n_plus_one', 0, 'could be 1 query'],
  ['duplicate_query', 9, 'could be asked once: saves about 9 ms'],
  ['slow_statement', 0, ''],
] as const)('says what a %s of %d ms would save', (kind, savedMs, text) => {
  expect(savingText({ kind, savedMs })).toBe(text);
});
