import { expect, it } from 'vitest';
import { parseSearch, paths, stringifySearch, webAddress } from './paths.ts';

it('carries range and environment along, and nothing else', () => {
  const search = { from: 'now-6h', env: 'production', sort: 'p95', span: 'abc' };
  expect(paths.trace(search, 'f00', { span: 'b1' })).toBe('/traces/f00?from=now-6h&env=production&span=b1');
  expect(paths.service({}, 'team/billing & co')).toBe('/services/team%2Fbilling%20%26%20co');
});

it('takes any text through the URL and back', () => {
  const search = { operation: 'GET /orders/{id}?a=b&c=d', q: '"quoted" 100 %', n: '60' };
  expect(parseSearch(stringifySearch(search).slice(1))).toEqual(search);
  expect(stringifySearch({ a: '', b: undefined })).toBe('');
});

it.each([
  ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://', undefined],
  ['//example.com', undefined],
  [42, undefined],
])('links %s as %s', (value, expected) => {
  expect(webAddress(value)).toBe(expected);
});
