// Turns the spans of a trace into a tree, whatever they are: late, doubled, orphaned, in a ring, with clocks that
// disagree. Every span comes out exactly once.
import type { Span } from '@nightjar/collector/contract';

export type SpanNode = Readonly<{
  span: Span;
  /** From the start of the trace. */
  startMs: number;
  endMs: number;
  children: readonly SpanNode[];
  /** Its parent id names a span that has not arrived. */
  isOrphan: boolean;
  /** How much earlier than its parent it claims to begin: clocks differ. */
  skewMs: number;
}>;

export type TraceTree = Readonly<{
  roots: readonly SpanNode[];
  /** Epoch milliseconds of the earliest span. */
  startMs: number;
  durationMs: number;
  spanCount: number;
  orphans: number;
  duplicates: number;
  /** Spans whose ancestors lead back to themselves. */
  ringed: number;
  skewed: number;
  maxSkewMs: number;
}>;

/** Below this, a child before its parent is rounding, not a clock. */
const skewMinMs = 0.5;

type Draft = {
  span: Span;
  startMs: number;
  endMs: number;
  children: Draft[];
  isOrphan: boolean;
  skewMs: number;
};

export function buildTree(spans: readonly Span[]): TraceTree {
  const startNano = earliest(spans);
  const drafts = draftById(spans, startNano);
  const { roots, orphans } = attach(drafts);
  const ringed = breakRings(drafts, roots);
  const all = [...drafts.values()];
  const byStart = (left: Draft, right: Draft) => left.startMs - right.startMs || left.endMs - right.endMs;
  for (const draft of all) draft.children.sort(byStart);
  roots.sort(byStart);
  const skewed = all.filter(({ skewMs }) => skewMs > 0);
  return {
    roots,
    startMs: Number(startNano / 1000n) / 1000,
    durationMs: all.reduce((end, draft) => Math.max(end, draft.endMs), 0),
    spanCount: all.length,
    orphans,
    duplicates: spans.length - all.length,
    ringed,
    skewed: skewed.length,
    maxSkewMs: skewed.reduce((most, { skewMs }) => Math.max(most, skewMs), 0),
  };
}

function earliest(spans: readonly Span[]): bigint {
  return (
    spans.reduce<bigint | undefined>((first, { startTimeUnixNano }) => {
      const at = BigInt(startTimeUnixNano);
      return first === undefined || at < first ? at : first;
    }, undefined) ?? 0n
  );
}

function draftById(spans: readonly Span[], startNano: bigint): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const span of spans) {
    // A client that sends twice is allowed to: the first copy stands.
    if (drafts.has(span.spanId)) continue;
    const startMs = Number(BigInt(span.startTimeUnixNano) - startNano) / 1e6;
    const endMs = startMs + Math.max(0, span.durationNs) / 1e6;
    drafts.set(span.spanId, { span, startMs, endMs, children: [], isOrphan: false, skewMs: 0 });
  }
  return drafts;
}

function attach(drafts: ReadonlyMap<string, Draft>): { roots: Draft[]; orphans: number } {
  const roots: Draft[] = [];
  let orphans = 0;
  for (const draft of drafts.values()) {
    const parent = drafts.get(draft.span.parentSpanId);
    if (parent !== undefined) {
      parent.children.push(draft);
      const early = parent.startMs - draft.startMs;
      if (early >= skewMinMs) draft.skewMs = early;
      continue;
    }
    roots.push(draft);
    if (draft.span.parentSpanId !== '') {
      draft.isOrphan = true;
      orphans += 1;
    }
  }
  return { roots, orphans };
}

/** What no root reaches hangs in a ring: cut each ring at its earliest span and make that a root. */
function breakRings(drafts: ReadonlyMap<string, Draft>, roots: Draft[]): number {
  const reached = new Set<Draft>();
  roots.forEach((root) => markReached(root, reached));
  if (reached.size === drafts.size) return 0;
  const lost = [...drafts.values()]
    .filter((draft) => !reached.has(draft))
    .sort((a, b) => a.startMs - b.startMs);
  for (const draft of lost) {
    if (reached.has(draft)) continue;
    const parent = drafts.get(draft.span.parentSpanId);
    if (parent !== undefined) parent.children = parent.children.filter((child) => child !== draft);
    draft.skewMs = 0;
    roots.push(draft);
    markReached(draft, reached);
  }
  return lost.length;
}

function markReached(from: Draft, reached: Set<Draft>): void {
  const open = [from];
  for (let draft = open.pop(); draft !== undefined; draft = open.pop()) {
    if (reached.has(draft)) continue;
    reached.add(draft);
    open.push(...draft.children);
  }
}

/** The entry span that a span belongs to: itself or the nearest above it; undefined when the id is not in the tree. */
export function requestOf(tree: TraceTree, spanId: string): SpanNode | undefined {
  const open = tree.roots.map((node) => ({ node, entry: node }));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entry = at.node.span.isEntry ? at.node : at.entry;
    if (at.node.span.spanId === spanId) return entry;
    for (const node of at.node.children) open.push({ node, entry });
  }
  return undefined;
}

/** Time in the span that is in none of its children: overlapping children count once. */
export function selfTimeMs(node: SpanNode): number {
  let covered = 0;
  let reach = node.startMs;
  for (const child of node.children) {
    const from = Math.max(reach, child.startMs);
    const to = Math.min(node.endMs, child.endMs);
    if (to > from) {
      covered += to - from;
      reach = to;
    }
  }
  return node.endMs - node.startMs - covered;
}
