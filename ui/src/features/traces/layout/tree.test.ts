import { expect, it } from 'vitest';
import { makeSpan } from './make-span.ts';
import type { SpanNode } from './tree.ts';
import { buildTree, requestOf, selfTimeMs } from './tree.ts';

function shape(nodes: readonly SpanNode[]): string {
  return nodes
    .map(({ span, children }) => span.spanId + (children.length > 0 ? `(${shape(children)})` : ''))
    .join(' ');
}

it('orders children by their start, whatever order the spans arrive in', () => {
  const tree = buildTree([
    makeSpan(['c', 'a'], [50, 10]),
    makeSpan(['b', 'a'], [10, 20]),
    makeSpan(['a', ''], [0, 100]),
  ]);
  expect(shape(tree.roots)).toBe('a(b c)');
  expect(tree.durationMs).toBe(100);
  expect(tree.startMs).toBe(1_790_000_000_000);
});

it('keeps an orphan as a root of its own and counts it', () => {
  const tree = buildTree([makeSpan(['a', ''], [0, 10]), makeSpan(['b', 'gone'], [5, 1])]);
  expect(shape(tree.roots)).toBe('a b');
  expect(tree.orphans).toBe(1);
  expect(tree.roots[1]?.isOrphan).toBe(true);
});

it('cuts rings, so that every span comes out once', () => {
  const tree = buildTree([
    makeSpan(['a', 'c'], [0, 9]),
    makeSpan(['b', 'a'], [1, 2]),
    makeSpan(['c', 'b'], [2, 2]),
    makeSpan(['self', 'self'], [3, 1]),
    makeSpan(['d', ''], [4, 1]),
  ]);
  expect(shape(tree.roots)).toBe('a(b(c)) self d');
  expect(tree.ringed).toBe(4);
});

it('takes a span that was sent twice once', () => {
  const tree = buildTree([makeSpan(['a', ''], [0, 10]), makeSpan(['a', ''], [0, 10])]);
  expect(tree.spanCount).toBe(1);
  expect(tree.duplicates).toBe(1);
});

it('names clocks that differ, without moving a span', () => {
  const tree = buildTree([makeSpan(['a', ''], [10, 10]), makeSpan(['b', 'a'], [7, 5])]);
  expect(tree.skewed).toBe(1);
  expect(tree.maxSkewMs).toBe(3);
  expect(tree.roots[0]?.children[0]?.startMs).toBe(0);
});

it('counts overlapping children once in self time', () => {
  const tree = buildTree([
    makeSpan(['a', ''], [0, 100]),
    makeSpan(['b', 'a'], [10, 30]),
    makeSpan(['c', 'a'], [20, 30]),
    makeSpan(['d', 'a'], [90, 40]),
  ]);
  const [root] = tree.roots;
  expect(root && selfTimeMs(root)).toBe(50);
});

it('finds the request that a span belongs to', () => {
  const tree = buildTree([
    makeSpan(['a', ''], [0, 100], { isEntry: true }),
    makeSpan(['b', 'a'], [10, 30]),
    makeSpan(['c', 'b'], [20, 30], { isEntry: true }),
    makeSpan(['d', 'c'], [21, 4]),
  ]);
  expect(requestOf(tree, 'b')?.span.spanId).toBe('a');
  expect(requestOf(tree, 'd')?.span.spanId).toBe('c');
  expect(requestOf(tree, 'gone')).toBeUndefined();
});

it('builds nothing from nothing', () => {
  expect(buildTree([])).toMatchObject({ roots: [], durationMs: 0, spanCount: 0 });
});
