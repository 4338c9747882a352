// Folds the calls of an N+1, and any other repeat the engine looked at, into one row where the first of them stands.
import type { Finding, Trace, TraceRepeat } from '@nightjar/collector/contract';
import { statementOf } from '../span-facts.ts';
import type { SpanNode, TraceTree } from './tree.ts';

/** Repeats shorter than this stay as they are: folding three rows hides more than it shows. */
export const foldMin = 4;

export type Group = Readonly<{
  id: string;
  statement: string;
  count: number;
  /** Summed time of the calls. */
  totalMs: number;
  /** A fault that was found, or undefined for a repeat that is none. */
  finding: Finding | undefined;
  /** Calls of the loop that the finding names, but not those it is named for: one change mends both. */
  isCompanion: boolean;
  reason: string;
  /** The nodes that the row stands for: the calls, or what wraps each of them. */
  members: readonly SpanNode[];
  startMs: number;
  endMs: number;
}>;

export type FoldedTree = Readonly<{
  tree: TraceTree;
  groups: readonly Group[];
  /** The group that a span was folded into, by span id. */
  groupOf: ReadonlyMap<string, Group>;
}>;

type Candidate = Pick<TraceRepeat, 'statement' | 'totalMs' | 'reason' | 'memberSpanIds' | 'count'> &
  Readonly<{ id: string; finding: Finding | undefined; isCompanion: boolean }>;

export function foldTree(tree: TraceTree, trace: Pick<Trace, 'findings' | 'repeats'>): FoldedTree {
  const parents = parentsOf(tree);
  const groups: Group[] = [];
  const groupOf = new Map<string, Group>();
  for (const candidate of candidatesOf(trace)) {
    const calls = callsOf(candidate, parents);
    if (calls.length < foldMin) continue;
    const members = liftToSiblings(calls, parents) ?? calls;
    if (members.some(({ span }) => groupOf.has(span.spanId))) continue;
    const group = { ...candidate, members, ...extent(members) };
    groups.push(group);
    for (const { span } of members) groupOf.set(span.spanId, group);
  }
  return { tree, groups, groupOf };
}

/** Findings first: where a finding and a repeat claim the same calls, the finding is what matters. */
function candidatesOf({ findings, repeats }: Pick<Trace, 'findings' | 'repeats'>): Candidate[] {
  const found = findings.flatMap((finding) => foundBy(finding));
  const claimed = new Set(found.flatMap(({ memberSpanIds }) => memberSpanIds));
  const others = repeats
    .filter(({ memberSpanIds }) => !memberSpanIds.some((id) => claimed.has(id)))
    .map((repeat, index) => ({ ...repeat, id: `repeat-${index}`, finding: undefined, isCompanion: false }));
  return [...found, ...others];
}

function foundBy(finding: Finding): Candidate[] {
  const id = `finding-${finding.id}-${finding.anchorSpanId}`;
  const companions = finding.companions.map((companion) => ({
    ...companion,
    id: `${id}-${companion.fingerprint}`,
    reason: finding.reason,
    finding,
    isCompanion: true,
  }));
  return [{ ...finding, id, finding, isCompanion: false }, ...companions];
}

/**
 * The calls that a candidate names. Ids are cut at 1,000: of more calls than that, the rest are those beside the named
 * ones with the same statement.
 */
function callsOf({ memberSpanIds, count }: Candidate, parents: ReadonlyMap<string, Placed>): SpanNode[] {
  const known = new Set(memberSpanIds);
  const named = [...known].map((id) => parents.get(id)).filter((placed) => placed !== undefined);
  const calls = named.map(({ node }) => node);
  const statement = calls[0] === undefined ? undefined : statementOf(calls[0].span.attributes)?.text;
  if (statement === undefined || count <= memberSpanIds.length) return calls;
  const beside = new Set(named.map(({ parent }) => parent));
  const rest = [...beside]
    .flatMap((parent) => parent?.children ?? [])
    .filter(({ span }) => !known.has(span.spanId) && statementOf(span.attributes)?.text === statement);
  return [...calls, ...rest];
}

type Placed = Readonly<{ node: SpanNode; parent: SpanNode | undefined; depth: number }>;

function parentsOf(tree: TraceTree): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  const open: Placed[] = tree.roots.map((node) => ({ node, parent: undefined, depth: 0 }));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    placed.set(at.node.span.spanId, at);
    for (const child of at.node.children) open.push({ node: child, parent: at.node, depth: at.depth + 1 });
  }
  return placed;
}

/**
 * The calls as children of one node. An ORM wraps each call in spans of its own; then it is the outermost wrappers, each
 * with one call inside, that fold. undefined where a wrapper holds several calls: there is no row that stands for each.
 */
function liftToSiblings(
  calls: readonly SpanNode[],
  parents: ReadonlyMap<string, Placed>,
): SpanNode[] | undefined {
  const parentOf = (node: SpanNode) => parents.get(node.span.spanId)?.parent;
  const depthOf = (node: SpanNode) => parents.get(node.span.spanId)?.depth ?? 0;
  let level = [...calls];
  let shallowest = Math.min(...level.map(depthOf));
  level = level.map((node) => climb(node, shallowest, parents));
  while (new Set(level.map(parentOf)).size > 1) {
    const above = level.map(parentOf);
    if (above.includes(undefined)) return undefined;
    level = above.filter((node) => node !== undefined);
    shallowest -= 1;
  }
  return new Set(level).size === calls.length ? level : undefined;
}

function climb(node: SpanNode, depth: number, parents: ReadonlyMap<string, Placed>): SpanNode {
  let at = parents.get(node.span.spanId);
  while (at !== undefined && at.depth > depth && at.parent !== undefined)
    at = parents.get(at.parent.span.spanId);
  return at?.node ?? node;
}

function extent(members: readonly SpanNode[]): { startMs: number; endMs: number } {
  return members.reduce(
    (sum, { startMs, endMs }) => ({
      startMs: Math.min(sum.startMs, startMs),
      endMs: Math.max(sum.endMs, endMs),
    }),
    { startMs: Number.POSITIVE_INFINITY, endMs: 0 },
  );
}
