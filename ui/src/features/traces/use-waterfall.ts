import { useMemo, useState } from 'react';
import { useKeys } from '../../lib/use-keys.ts';
import { useUrlState } from '../../lib/url-state.ts';
import type { FoldedTree } from './layout/fold.ts';
import type { Row, Toggled } from './layout/rows.ts';
import { depthOf, listRows, toggle } from './layout/rows.ts';
import type { View } from './layout/scale.ts';
import { firstView, viewOf } from './layout/scale.ts';
import { isMark, nextMark } from './layout/search.ts';
import { requestOf } from './layout/tree.ts';

export type WaterfallState = Readonly<{
  rows: readonly Row[];
  /** The open row, -1 when none is. */
  chosen: number;
  choose: (row: Row | undefined) => void;
  toggleRow: (row: Row) => void;
  view: View;
  setView: (view: View) => void;
  text: string;
  setText: (text: string) => void;
  marks: number;
  move: (step: 1 | -1) => void;
  jump: (step: 1 | -1) => void;
  /** To the chosen row. */
  zoom: () => void;
}>;

/** Selected span and search text are in the URL; what is folded and zoomed is of the moment. */
export function useWaterfall(folded: FoldedTree): WaterfallState {
  const { search, set } = useUrlState();
  const deepest = useMemo(() => depthOf(folded.tree.roots), [folded]);
  const [maxDepth, setMaxDepth] = useState(Number.POSITIVE_INFINITY);
  const [toggled, setToggled] = useState<Toggled>(() => opened(folded, search['span']));
  const [view, setView] = useState<View>(() => openedView(folded, search['span']));
  const rows = useMemo(() => listRows(folded, { toggled, maxDepth }), [folded, toggled, maxDepth]);
  const text = search['find'] ?? '';
  const marks = useMemo(() => rows.filter((row) => isMark(row, text)).length, [rows, text]);
  const chosen = search['span'] === undefined ? -1 : rows.findIndex(({ id }) => id === search['span']);
  const choose = (row: Row | undefined) => set({ span: row?.id }, 'replace');
  const move = (step: 1 | -1) => {
    if (rows.length > 0) choose(rows[Math.min(Math.max(chosen + step, 0), rows.length - 1)]);
  };
  const jump = (step: 1 | -1) => {
    const found = nextMark(rows, chosen, step, text);
    if (found >= 0) choose(rows[found]);
  };
  const level = (step: 1 | -1) => {
    setToggled(new Set());
    setMaxDepth(Math.min(Math.max(Math.min(maxDepth, deepest) + step, 0), deepest));
  };
  const toggleRow = (row: Row) => setToggled(toggle(toggled, row.id));
  const zoom = () => {
    const row = rows[chosen];
    if (row === undefined) return;
    const { startMs, endMs } = row.kind === 'group' ? row.group : row.node;
    setView(viewOf(startMs, endMs, folded.tree.durationMs));
  };
  useKeys({
    z: zoom,
    j: () => move(1),
    k: () => move(-1),
    f: () => jump(1),
    b: () => jump(-1),
    '[': () => level(-1),
    ']': () => level(1),
    Enter: () => {
      const row = rows[chosen];
      if (row !== undefined) toggleRow(row);
    },
    Escape: () => (search['span'] === undefined ? set({ find: undefined }, 'replace') : choose(undefined)),
  });
  const setText = (find: string) => set({ find: find === '' ? undefined : find }, 'replace');
  return { rows, chosen, choose, toggleRow, view, setView, text, setText, marks, move, jump, zoom };
}

/** Whoever came for one request of a long trace sees that request. */
function openedView({ tree }: FoldedTree, spanId: string | undefined): View {
  return firstView(spanId === undefined ? undefined : requestOf(tree, spanId), tree.durationMs);
}

/** A link to a call inside a group opens the group. */
function opened(folded: FoldedTree, spanId: string | undefined): Toggled {
  const group = spanId === undefined ? undefined : folded.groupOf.get(spanId);
  return new Set(group === undefined ? [] : [group.id]);
}
