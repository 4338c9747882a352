import { expect, it } from 'vitest';
import { makeSpan } from './layout/make-span.ts';
import { buildTree } from './layout/tree.ts';
import { summariseSpans } from './span-summaries.ts';

it('sums spans of one name and service', () => {
  const tree = buildTree([
    makeSpan(['a', ''], [0, 100], { name: 'GET /' }),
    makeSpan(['b', 'a'], [10, 20], { name: 'SELECT' }),
    makeSpan(['c', 'a'], [40, 50], { name: 'SELECT', status: { code: 'error', message: '' } }),
  ]);
  expect(summariseSpans(tree)).toMatchObject([
    { name: 'SELECT', count: 2, selfMs: 70, totalMs: 70, maxMs: 50, exampleId: 'c', errors: 1 },
    { name: 'GET /', count: 1, selfMs: 30, totalMs: 100 },
  ]);
});
