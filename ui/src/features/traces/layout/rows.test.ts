import { expect, it } from 'vitest';
import { traceAnswer } from '../../../../dev/fixtures/trace.ts';
import { traceIdOf } from '../../../../dev/fixtures/trace-ids.ts';
import { foldTree } from './fold.ts';
import { makeSpan } from './make-span.ts';
import { minimapShapes } from './minimap.ts';
import { depthOf, listRows } from './rows.ts';
import { nextMark } from './search.ts';
import { buildTree } from './tree.ts';

const all = { toggled: new Set<string>(), maxDepth: 100_000 };
const none = { findings: [], repeats: [] };

const chain = [
  makeSpan(['a', ''], [0, 100]),
  makeSpan(['b', 'a'], [1, 90]),
  makeSpan(['c', 'b'], [2, 80], { status: { code: 'error', message: 'no' } }),
  makeSpan(['d', 'a'], [95, 2], { attributes: { 'db.query.text': 'SELECT 1' } }),
];

it('closes what is deeper than asked, and counts what it hides', () => {
  const folded = foldTree(buildTree(chain), none);
  expect(listRows(folded, { ...all, maxDepth: 1 }).map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  expect(listRows(folded, { ...all, maxDepth: 0 })[0]).toMatchObject({ id: 'a', hidden: 3, isOpen: false });
  expect(listRows(folded, { maxDepth: 1, toggled: new Set(['b']) }).map(({ id }) => id)).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
  expect(depthOf(folded.tree.roots)).toBe(2);
});

it('jumps to errors without a text, to matches with one, around the end', () => {
  const rows = listRows(foldTree(buildTree(chain), none), all);
  expect(nextMark(rows, 0, 1, '')).toBe(2);
  expect(nextMark(rows, 2, -1, '')).toBe(2);
  expect(nextMark(rows, 0, 1, 'select 1')).toBe(3);
  expect(nextMark(rows, 0, 1, 'nothing holds this')).toBe(-1);
});

it('lays out ten thousand spans within a frame or a few', () => {
  const trace = traceAnswer(`ffff${traceIdOf('GET /orders', 1_790_000_000_000).slice(4)}`, 1_790_000_000_000);
  if (trace === undefined) throw new Error('no fixture');
  const startedAt = performance.now();
  const folded = foldTree(buildTree(trace.spans), trace);
  const rows = listRows(folded, all);
  const shapes = minimapShapes(folded.tree, { width: 1000, height: 48 });
  const tookMs = performance.now() - startedAt;
  expect(folded.tree.spanCount).toBeGreaterThan(10_000);
  // The finding names 1,000 of its calls at most, and all 10,000 fold.
  expect(rows.length).toBeLessThan(20);
  const opened = new Set(folded.groups.map(({ id }) => id));
  expect(listRows(folded, { ...all, toggled: opened }).length).toBeGreaterThan(10_000);
  expect(shapes.length).toBeLessThanOrEqual(9);
  expect(tookMs).toBeLessThan(1_000);
});

it('survives a chain ten thousand spans deep', () => {
  const deep = Array.from({ length: 10_000 }, (_, at) =>
    makeSpan([`s${at}`, at === 0 ? '' : `s${at - 1}`], [at, 1]),
  );
  const folded = foldTree(buildTree(deep), none);
  expect(listRows(folded, all)).toHaveLength(10_000);
  expect(depthOf(folded.tree.roots)).toBe(9_999);
});
