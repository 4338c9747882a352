import type { FoldedTree, Group } from './fold.ts';
import type { SpanNode } from './tree.ts';

export type SpanRow = Readonly<{
  kind: 'span';
  id: string;
  depth: number;
  node: SpanNode;
  /** Rows below it, shown or not: 0 has no toggle. */
  hidden: number;
  isOpen: boolean;
}>;
export type GroupRow = Readonly<{ kind: 'group'; id: string; depth: number; group: Group; isOpen: boolean }>;
export type Row = SpanRow | GroupRow;

/** What differs from the default, by row id: spans are open and groups closed until somebody toggles them. */
export type Toggled = ReadonlySet<string>;

export type RowOptions = Readonly<{
  toggled: Toggled;
  /** Spans deeper than this are closed unless toggled. */
  maxDepth: number;
}>;

type Open = Readonly<{ item: SpanNode | Group; depth: number }>;

const isGroup = (item: SpanNode | Group): item is Group => 'members' in item;

/** The rows to draw, top to bottom. Goes without recursion: a trace may be thousands of levels deep. */
export function listRows({ tree, groupOf }: FoldedTree, options: RowOptions): Row[] {
  const rows: Row[] = [];
  const done = new Set<Group>();
  const sizes = countBelow(tree.roots);
  const open: Open[] = [];
  pushAll(open, foldNodes(tree.roots, groupOf, done), 0);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { item, depth } = at;
    if (isGroup(item)) {
      const isOpen = options.toggled.has(item.id);
      rows.push({ kind: 'group', id: item.id, depth, group: item, isOpen });
      if (isOpen) pushAll(open, item.members, depth + 1);
      continue;
    }
    const id = item.span.spanId;
    const hidden = sizes.get(id) ?? 0;
    const isOpen = hidden > 0 && depth < options.maxDepth !== options.toggled.has(id);
    rows.push({ kind: 'span', id, depth, node: item, hidden, isOpen });
    if (isOpen) pushAll(open, foldNodes(item.children, groupOf, done), depth + 1);
  }
  return rows;
}

function pushAll(open: Open[], items: readonly (SpanNode | Group)[], depth: number): void {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item !== undefined) open.push({ item, depth });
  }
}

/** Members give way to their group, which stands where the first of them stood. */
function foldNodes(
  nodes: readonly SpanNode[],
  groupOf: FoldedTree['groupOf'],
  done: Set<Group>,
): (SpanNode | Group)[] {
  const items: (SpanNode | Group)[] = [];
  for (const child of nodes) {
    const group = groupOf.get(child.span.spanId);
    if (group === undefined) items.push(child);
    else if (!done.has(group)) {
      done.add(group);
      items.push(group);
    }
  }
  return items;
}

function countBelow(roots: readonly SpanNode[]): Map<string, number> {
  const order: SpanNode[] = [];
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order.push(node);
    for (const child of node.children) open.push(child);
  }
  const sizes = new Map<string, number>();
  for (const node of order.reverse()) {
    sizes.set(
      node.span.spanId,
      node.children.reduce((sum, { span }) => sum + 1 + (sizes.get(span.spanId) ?? 0), 0),
    );
  }
  return sizes;
}

/** The deepest level, for "collapse one level". */
export function depthOf(roots: readonly SpanNode[]): number {
  let deepest = 0;
  const open = roots.map((node) => ({ node, depth: 0 }));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    deepest = Math.max(deepest, at.depth);
    for (const child of at.node.children) open.push({ node: child, depth: at.depth + 1 });
  }
  return deepest;
}

export function toggle(toggled: Toggled, id: string): Toggled {
  const next = new Set(toggled);
  if (!next.delete(id)) next.add(id);
  return next;
}
