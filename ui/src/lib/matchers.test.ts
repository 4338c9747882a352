import { expect, it } from 'vitest';
import { matchersOf, matchersText, parseMatchers } from './matchers.ts';

it.each([
  [[], ''],
  [matchersOf({ service: 'shop' }), 'service="shop"'],
  [
    [
      { label: 'operation', op: '=~', value: 'GET /a, "b"\\d+' },
      { label: 'severity', op: '!=', value: '' },
    ] as const,
    'operation=~"GET /a, \\"b\\"\\\\d+", severity!=""',
  ],
])('writes and reads %j', (matchers, text) => {
  expect(matchersText([...matchers])).toBe(text);
  expect(parseMatchers(text)).toEqual(matchers);
});

it.each(['service', 'service=shop', 'service="shop" queue="a"', '="shop"', 'a="\\x"'])(
  'does not read %s',
  (text) => {
    expect(parseMatchers(text)).toBeUndefined();
  },
);
