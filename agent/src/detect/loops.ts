import { LOOP_GROUPS_MAX } from './limits.ts';
import type { Judged } from './report.ts';

/** Members of a group compared in order; the rest behaves like them. */
const COMPARED_MAX = 200;
const RATIO_MIN = 0.75;
const RATIO_MAX = 1.34;
const OVERLAP_MIN = 0.6;
const ALTERNATION_MIN = 0.5;
const INSIDE_MIN = 0.8;
const OCCUPIED_MIN = 0.6;

/** One loop of the program: the group it starts with, and the ones in the same body or in a loop inside. */
export interface Loop {
  readonly head: Judged;
  readonly others: readonly Judged[];
}

/** Joins the n+1 groups of one request that come from the same loop or from loops inside each other. */
export function loopsOf(groups: readonly Judged[]): Loop[] {
  const sorted = groups.toSorted(
    (a, b) => a.timing.startMs - b.timing.startMs || b.timing.totalMs - a.timing.totalMs,
  );
  const leaders = sorted.map((_, i) => i);
  const find = (i: number): number => {
    let at = i;
    for (let next = leaders[at] ?? at; next !== at; next = leaders[at] ?? at) at = next;
    return at;
  };
  const compared = Math.min(sorted.length, LOOP_GROUPS_MAX);
  for (let i = 0; i < compared; i++) {
    for (let j = i + 1; j < compared; j++) {
      const a = sorted[i];
      const b = sorted[j];
      if (a === undefined || b === undefined || find(i) === find(j)) continue;
      if (isSameLoop(a, b) || isNested(a, b))
        leaders[Math.max(find(i), find(j))] = Math.min(find(i), find(j));
    }
  }
  const others = new Map<number, Judged[]>();
  sorted.forEach((group, i) => {
    const root = find(i);
    const list = others.get(root) ?? [];
    if (i !== root) list.push(group);
    others.set(root, list);
  });
  return [...others].flatMap(([root, list]) => {
    const head = sorted[root];
    return head === undefined ? [] : [{ head, others: list }];
  });
}

function isSameLoop(a: Judged, b: Judged): boolean {
  const ratio = a.group.members.length / b.group.members.length;
  if (ratio < RATIO_MIN || ratio > RATIO_MAX || overlap(a, b) < OVERLAP_MIN) return false;
  const starts = merged(a, b);
  let switches = 0;
  for (let i = 1; i < starts.length; i++) if (starts[i]?.isA !== starts[i - 1]?.isA) switches++;
  return switches > ALTERNATION_MIN * (starts.length - 1);
}

/** Most steps of the outer group are followed by steps of the inner one before the next outer step. */
function isNested(outer: Judged, inner: Judged): boolean {
  if (inner.group.members.length <= outer.group.members.length || overlap(outer, inner) < OVERLAP_MIN)
    return false;
  const starts = merged(outer, inner);
  let steps = 0;
  let occupied = 0;
  let inside = 0;
  let isOccupied = false;
  for (const { isA } of starts) {
    if (isA) {
      steps++;
      isOccupied = false;
    } else if (steps > 0) {
      inside++;
      if (!isOccupied) occupied++;
      isOccupied = true;
    }
  }
  const inners = starts.length - steps;
  // The steps of loops that only run side by side fall before the first and after the last outer step too.
  return inside >= INSIDE_MIN * inners && occupied >= OCCUPIED_MIN * steps;
}

function overlap(a: Judged, b: Judged): number {
  const shared = Math.min(a.timing.endMs, b.timing.endMs) - Math.max(a.timing.startMs, b.timing.startMs);
  const shorter = Math.min(a.timing.windowMs, b.timing.windowMs);
  return shorter > 0 ? shared / shorter : 0;
}

function merged(a: Judged, b: Judged): { at: number; isA: boolean }[] {
  // The same stretch of time of both, so that cutting a long loop does not change how the two alternate.
  const lastA = a.group.members[COMPARED_MAX - 1]?.node.span.startMs ?? Infinity;
  const lastB = b.group.members[COMPARED_MAX - 1]?.node.span.startMs ?? Infinity;
  const until = Math.min(lastA, lastB);
  const starts: { at: number; isA: boolean }[] = [];
  for (const [judged, isA] of [
    [a, true],
    [b, false],
  ] as const) {
    for (const { node } of judged.group.members.slice(0, COMPARED_MAX)) {
      if (node.span.startMs <= until) starts.push({ at: node.span.startMs, isA });
    }
  }
  return starts.sort((x, y) => x.at - y.at || Number(y.isA) - Number(x.isA));
}
