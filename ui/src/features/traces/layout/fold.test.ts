import type { Finding, TraceRepeat } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { fixtureFindings } from '../../../../dev/fixtures/findings.ts';
import { foldTree } from './fold.ts';
import { makeSpan } from './make-span.ts';
import { listRows, toggle } from './rows.ts';
import type { Row } from './rows.ts';
import { buildTree } from './tree.ts';

const ids = (count: number, letter: string) =>
  Array.from({ length: count }, (_, index) => `${letter}${index}`);

function findingOf(memberSpanIds: string[], id = 'f'): Finding {
  const [any] = fixtureFindings({ fromMs: 0, toMs: 3_600_000, nowMs: 3_600_000 });
  if (any === undefined) throw new Error('no fixture');
  return { ...any, id, memberSpanIds, count: memberSpanIds.length };
}

const text = (rows: readonly Row[]) =>
  rows.map(
    (row) => `${'.'.repeat(row.depth)}${row.kind === 'group' ? `${row.group.members.length}x` : row.id}`,
  );
const all = { toggled: new Set<string>(), maxDepth: 1_000 };

const base = [
  makeSpan(['root', ''], [0, 100]),
  makeSpan(['list', 'root'], [1, 5]),
  makeSpan(['end', 'root'], [90, 5]),
];

it('folds siblings where the first of them stands, and unfolds them', () => {
  const calls = ids(5, 'q').map((id, index) => makeSpan([id, 'root'], [10 + index * 10, 5]));
  const folded = foldTree(buildTree([...base, ...calls]), {
    findings: [findingOf(ids(5, 'q'))],
    repeats: [],
  });
  const rows = listRows(folded, all);
  expect(text(rows)).toEqual(['root', '.list', '.5x', '.end']);
  const group = rows[2];
  expect(group?.kind === 'group' && [group.group.startMs, group.group.endMs]).toEqual([10, 55]);
  const opened = listRows(folded, { ...all, toggled: toggle(new Set(), group?.id ?? '') });
  expect(text(opened)).toEqual(['root', '.list', '.5x', '..q0', '..q1', '..q2', '..q3', '..q4', '.end']);
});

it('folds the wrappers when each holds one call', () => {
  const spans = ids(4, 'w').flatMap((wrapper, index) => [
    makeSpan([wrapper, 'root'], [10 + index * 10, 8]),
    makeSpan([`q${index}`, wrapper], [11 + index * 10, 5]),
  ]);
  const folded = foldTree(buildTree([...base, ...spans]), {
    findings: [findingOf(ids(4, 'q'))],
    repeats: [],
  });
  expect(text(listRows(folded, all))).toEqual(['root', '.list', '.4x', '.end']);
  expect(folded.groups[0]?.members.map(({ span }) => span.spanId)).toEqual(ids(4, 'w'));
});

it('lifts calls at different depths to one level', () => {
  const spans = [
    makeSpan(['q0', 'root'], [10, 5]),
    ...[1, 2, 3].flatMap((at) => [
      makeSpan([`w${at}`, 'root'], [10 * at + 10, 8]),
      makeSpan([`q${at}`, `w${at}`], [10 * at + 11, 5]),
    ]),
  ];
  const folded = foldTree(buildTree([...base, ...spans]), {
    findings: [findingOf(ids(4, 'q'))],
    repeats: [],
  });
  expect(folded.groups[0]?.members.map(({ span }) => span.spanId)).toEqual(['q0', 'w1', 'w2', 'w3']);
});

it('keeps a second group that claims the same wrappers unfolded, so that no span is lost', () => {
  const spans = ids(4, 'w').flatMap((wrapper, index) => [
    makeSpan([wrapper, 'root'], [10 + index * 10, 8]),
    makeSpan([`q${index}`, wrapper], [11 + index * 10, 2]),
    makeSpan([`p${index}`, wrapper], [14 + index * 10, 2]),
  ]);
  const findings = [findingOf(ids(4, 'q'), 'f1'), findingOf(ids(4, 'p'), 'f2')];
  const folded = foldTree(buildTree([...base, ...spans]), { findings, repeats: [] });
  expect(folded.groups).toHaveLength(1);
  const opened = listRows(folded, { ...all, toggled: new Set([folded.groups[0]?.id ?? '']) });
  expect(new Set(opened.map(({ id }) => id)).size).toBe(3 + 1 + 12);
});

it('folds the calls beyond those that are named, by their statement', () => {
  const attributes = { 'db.query.text': 'SELECT q' };
  const calls = ids(9, 'q').map((id, index) => makeSpan([id, 'root'], [10 + index * 5, 2], { attributes }));
  const finding = { ...findingOf(ids(4, 'q')), count: 9 };
  const folded = foldTree(buildTree([...base, ...calls]), { findings: [finding], repeats: [] });
  expect(text(listRows(folded, all))).toEqual(['root', '.list', '.9x', '.end']);
});

it('folds calls whose parent did not arrive, and calls that are named twice', () => {
  const calls = ids(5, 'q').map((id, index) => makeSpan([id, 'gone'], [10 + index * 10, 5]));
  const finding = findingOf([...ids(5, 'q'), ...ids(5, 'q')]);
  const folded = foldTree(buildTree([...base, ...calls]), { findings: [finding], repeats: [] });
  expect(text(listRows(folded, all))).toEqual(['root', '.list', '.end', '5x']);
});

it('folds the other calls of the same loop into a row of their own', () => {
  const calls = ['q', 'p'].flatMap((letter, offset) =>
    ids(5, letter).map((id, index) => makeSpan([id, 'root'], [10 + index * 10 + offset * 4, 2])),
  );
  const companion = {
    fingerprint: 'p',
    statement: 'SELECT p',
    count: 5,
    totalMs: 10,
    memberSpanIds: ids(5, 'p'),
  };
  const finding = { ...findingOf(ids(5, 'q')), companions: [companion] };
  const folded = foldTree(buildTree([...base, ...calls]), { findings: [finding], repeats: [] });
  expect(text(listRows(folded, all))).toEqual(['root', '.list', '.5x', '.5x', '.end']);
  expect(folded.groups.map(({ isCompanion }) => isCompanion)).toEqual([false, true]);
});

it('folds a repeat that is no fault, but not one that a finding claims', () => {
  const calls = ids(5, 'q').map((id, index) => makeSpan([id, 'root'], [10 + index * 10, 5]));
  const repeat: TraceRepeat = {
    verdict: 'batched',
    reason: 'each call carries a list',
    fingerprint: 'x',
    statement: 'SELECT',
    count: 5,
    totalMs: 25,
    scopeSpanId: 'root',
    anchorSpanId: 'root',
    memberSpanIds: ids(5, 'q'),
  };
  const tree = buildTree([...base, ...calls]);
  expect(foldTree(tree, { findings: [], repeats: [repeat] }).groups[0]).toMatchObject({
    finding: undefined,
    count: 5,
  });
  expect(foldTree(tree, { findings: [findingOf(ids(5, 'q'))], repeats: [repeat] }).groups).toHaveLength(1);
});

it('leaves short repeats and unknown members alone', () => {
  const tree = buildTree(base);
  expect(
    foldTree(tree, { findings: [findingOf(['list', 'end', 'gone', 'lost'])], repeats: [] }).groups,
  ).toEqual([]);
});
