import { expect, it } from 'vitest';
import { callSiteOf, eventOffsetMs, labelOf, statementOf } from './span-facts.ts';

it('reads statements by new and old names', () => {
  expect(statementOf({ 'db.query.text': 'SELECT 1', 'db.system.name': 'postgresql' })).toEqual({
    text: 'SELECT 1',
    system: 'postgresql',
  });
  expect(statementOf({ 'db.statement': 'SELECT 1', 'db.system': 'mysql' })?.system).toBe('mysql');
  expect(statementOf({ 'db.query.text': 7 })).toBeUndefined();
});

it('writes a call site as far as it is known', () => {
  expect(callSiteOf({ 'code.file.path': 'a.ts', 'code.line.number': 4, 'code.function.name': 'f' })).toBe(
    'a.ts:4 in f',
  );
  expect(callSiteOf({ 'code.filepath': 'a.py', 'code.lineno': 4 })).toBe('a.py:4');
  expect(callSiteOf({ 'code.line.number': 4 })).toBeUndefined();
});

it('keeps nanoseconds that a number cannot hold', () => {
  expect(eventOffsetMs({ startTimeUnixNano: '1790000000000000001' }, '1790000000000500001')).toBe(0.5);
});

it.each([
  ['a statement', { 'db.query.text': 'SELECT *\n  FROM orders' }, 'SELECT * FROM orders'],
  [
    'an address',
    { 'http.request.method': 'GET', 'url.full': 'http://stock:80/items/7?a=' },
    'GET stock/items/7',
  ],
  ['an address by old names', { 'http.method': 'PUT', 'http.url': 'https://a.example/x' }, 'PUT a.example/x'],
  ['its name where the address is none', { 'http.request.method': 'GET', 'url.full': 'nowhere' }, 'GET'],
])('labels a span by %s', (_what, attributes, text) => {
  expect(labelOf({ name: 'GET', kind: 'client', attributes }).text).toBe(text);
});

it('labels an entry span by its name', () => {
  const attributes = { 'http.request.method': 'GET', 'url.full': 'http://shop/orders' };
  expect(labelOf({ name: 'GET /orders', kind: 'server', attributes }).text).toBe('GET /orders');
});
