import { expect, it } from 'vitest';
import { storedAttributes } from './stored-json.ts';

it.each([
  ['{"a":1,"b":true,"c":"x","d":null}', { a: 1, b: true, c: 'x' }],
  ['{"list":[1,{"k":2}]}', { list: '[1,{"k":2}]' }],
  ['', {}],
  ['[1]', {}],
  ['"text"', {}],
  ['{"cut', {}],
])('reads %s', (json, expected) => {
  expect(storedAttributes(json)).toEqual(expected);
});

it('lets no key reach a prototype', () => {
  const attributes = storedAttributes('{"__proto__":{"polluted":1},"constructor":"x"}');
  expect({}).not.toHaveProperty('polluted');
  expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  expect(attributes['constructor']).toBe('x');
});
