import { expect, it } from 'vitest';
import { compileMatchers, matcherProblem, patternLengthMax } from './matching.ts';

const labels = { service: 'shop', note: 'two\nlines' };

it.each([
  ['service', '=', 'shop', true],
  ['service', '=', 'sho', false],
  ['service', '!=', 'mail', true],
  ['service', '=~', 'sh.*|mail', true],
  ['service', '=~', 'sh', false],
  ['service', '=~', 'hop', false],
  ['service', '!~', 'sh', true],
  ['note', '=~', 'two.lines', true],
  ['absent', '=', '', true],
  ['absent', '!=', 'x', true],
  ['absent', '=~', '.+', false],
  ['absent', '!~', '.+', true],
] as const)('%s %s %j is %s', (label, op, value, expected) => {
  expect(compileMatchers([{ label, op, value }])(labels)).toBe(expected);
});

it('all matchers must hold', () => {
  const shop = { label: 'service', op: '=', value: 'shop' } as const;
  expect(compileMatchers([shop, { ...shop, label: 'absent' }])(labels)).toBe(false);
});

it('a pattern that takes other engines for ever takes no time', () => {
  const test = compileMatchers([{ label: 'service', op: '=~', value: '(a+)+$' }]);
  const startedMs = performance.now();
  expect(test({ service: `${'a'.repeat(5_000)}!` })).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

it.each([
  ['a|b', undefined],
  ['(', '( is not a regular expression of RE2'],
  ['(a)\\1', '(a)\\1 is not a regular expression of RE2'],
  ['x'.repeat(patternLengthMax + 1), `the pattern is longer than ${patternLengthMax} characters`],
])('the problem of the pattern %.20s', (value, problem) => {
  expect(matcherProblem({ label: 'a', op: '=~', value })).toBe(problem);
});
