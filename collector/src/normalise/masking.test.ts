import { describe, expect, it } from 'vitest';
import { foldPath } from './fold-path.ts';
import { maskCommand } from './mask-command.ts';
import { maskDocument } from './mask-document.ts';
import { FOLDED_OPERATIONS_MAX, OperationNames } from './operation-names.ts';
import { redactUrl } from './redact-url.ts';
import { weightOf } from './sampling-weight.ts';
import { hostOf } from './url-host.ts';

type Table = readonly (readonly [given: string, expected: string])[];

const COMMANDS: Table = [
  ['PING', 'PING'],
  ['get book', 'GET book'],
  ['GET user:42', 'GET user:?'],
  ['set session:9f8e7d6c5b4a3f2e "secret value"', 'SET session:? ?'],
  ['hset cart:alice@example.com item 3', 'HSET cart:? ?'],
  ['set user:42 [1 other arguments]', 'SET user:?'],
  ['auth hunter2', 'AUTH ?'],
  ['auth admin hunter2', 'AUTH ?'],
  ['multi\nset a:1 2\nexec', 'MULTI\nSET a:? ?\nEXEC'],
  ['', ''],
];

const DOCUMENTS: Table = [
  ['{"a":1}', '{"a":?}'],
  ['{"a":"x","b":{"c":[1,2,3]},"d":true,"e":null}', '{"a":?,"b":{"c":[?]},"d":?,"e":?}'],
  ["find {name: 'x', age: {$gt: 5}}", 'find {name:?,age:{$gt:?}}'],
  ['{"a":"unclosed', '{"a":?'],
  ['{"a":"with \\" quote"}', '{"a":?}'],
  ['[{"x":1},{"x":2}]', '[{"x":?},{"x":?}]'],
  ['{"a":?}', '{"a":?}'],
];

const PATHS: Table = [
  ['/', '/'],
  ['/books', '/books'],
  ['/books/42', '/books/{id}'],
  ['GET /u/550e8400-e29b-41d4-a716-446655440000/x', 'GET /u/{id}/x'],
  ['/f/0123456789abcdef01234567', '/f/{id}'],
  ['/v1/users?id=1', '/v1/users'],
  [`/t/${'z'.repeat(41)}`, '/t/{id}'],
  ['/api/v2/decade', '/api/v2/decade'],
  ['grpc.health.v1.Health/Check', 'grpc.health.v1.Health/Check'],
  [
    'a.long.package.name.of.somebody.v1.TheirService/Call',
    'a.long.package.name.of.somebody.v1.TheirService/Call',
  ],
  ['/recommendations-v2/x', '/recommendations-v2/x'],
  ['/t/eyJhbGciOiJIUzI1NiIsInR5', '/t/{id}'],
  ['/1/2/3/4/5/6/7/8/9/10/11/12/13', `${'/{id}'.repeat(11)}/...`],
];

const URLS: Table = [
  ['/a', '/a'],
  ['/a?', '/a?'],
  ['/a?x=1&y=&z', '/a?x=?&y=&z'],
  ['https://user:pass@host:1/p', 'https://host:1/p'],
  ['https://host/p@q?e=a@b#f', 'https://host/p@q?e=?#f'],
  ['//u@h', '//h'],
  ['not a url', 'not a url'],
];

describe.each([
  ['a command', COMMANDS, maskCommand],
  ['a document', DOCUMENTS, maskDocument],
  ['a path', PATHS, foldPath],
  ['a URL', URLS, (url: string) => redactUrl(url)],
] as const)('%s', (_, table, mask) => {
  it.each(table)('%j -> %j', (given, expected) => {
    expect(mask(given)).toBe(expected);
  });

  it.each(table)('%j: what was masked stays as it is', (_given, expected) => {
    expect(mask(expected)).toBe(expected);
  });
});

it('a bare query string loses its values', () => {
  expect(redactUrl('token=x&a', true)).toBe('token=?&a');
});

it.each([
  ['http://u:p@host:80/x', 'host'],
  ['https://[::1]:443/', '[::1]'],
  ['/x', ''],
])('the host of %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});

it.each([
  ['', 1],
  ['ot=th:0', 1],
  ['ot=th:8', 2],
  ['x=y, ot=rv:1;th:c;p:1', 4],
  ['ot=th:ffffffffffffff', 1_000_000],
  ['ot=th:zz', 1],
])('the weight of %j', (traceState, weight) => {
  expect(weightOf(traceState)).toBe(weight);
});

it('operations made from paths have an end', () => {
  const names = new OperationNames();
  const distinct = new Set<string>();
  for (let i = 0; i < FOLDED_OPERATIONS_MAX + 100; i++) {
    const word = String(i).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
    distinct.add(Buffer.from(names.fold(Buffer.from(`/page/${word}`))).toString());
  }
  expect(distinct.size).toBe(FOLDED_OPERATIONS_MAX + 1);
  expect(distinct).toContain('_other');
});
