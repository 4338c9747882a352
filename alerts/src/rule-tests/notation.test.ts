import { expect, it } from 'vitest';
import { parseGroup, parseSeries, seriesValuesMax } from './notation.ts';

// The first five are the examples of promtool's documentation.
it.each([
  ['-2+4x3', [-2, 2, 6, 10]],
  [' 1-2x4', [1, -1, -3, -5, -7]],
  ['1x4', [1, 1, 1, 1, 1]],
  ['1 _x3 stale', [1, null, null, null, null]],
  ['1+0x6 0 0', [1, 1, 1, 1, 1, 1, 1, 0, 0]],
  ['0+0.1x3', [0, 0.1, 0.2, 0.3]],
  ['5 _ 1e3', [5, null, 1000]],
  ['', []],
])('%j', (text, values) => {
  expect(parseSeries(text)).toEqual({ ok: true, value: values });
});

it.each(['ten', '1x', '1+x2', 'x3', '_x', `1x${seriesValuesMax}`, '_x99999999999 1x99999999999'])(
  '%j is refused',
  (text) => {
    expect(parseSeries(text).ok).toBe(false);
  },
);

it.each([
  ['{}', {}],
  ['', {}],
  ['{service="shop"}', { service: 'shop' }],
  ['{service="a, b", http.route = "GET /\\"x\\""}', { service: 'a, b', 'http.route': 'GET /"x"' }],
])('group %j', (text, labels) => {
  expect(parseGroup(text)).toEqual({ ok: true, value: labels });
});

it.each(['shop', '{service=shop}', '{service="shop"', '{="x"}'])('group %j is refused', (text) => {
  expect(parseGroup(text).ok).toBe(false);
});
