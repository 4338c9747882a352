import type { Member } from './group.ts';
import type { Node, Scope } from './scope.ts';

/** The innermost span that all calls have above them; undefined when only the missing root does. */
export function anchorOf(members: readonly Member[]): Node | undefined {
  let anchor: Node | undefined = members[0]?.node.parent;
  for (const { node } of members) {
    if (anchor === undefined) return undefined;
    anchor = commonAncestor(anchor, node.parent);
  }
  return anchor;
}

export function anchorId(scope: Scope, anchor: Node | undefined): string {
  return anchor?.span.spanId ?? scope.id;
}

function commonAncestor(a: Node, b: Node | undefined): Node | undefined {
  let one: Node | undefined = a;
  let other = b;
  while (one !== undefined && other !== undefined && one !== other) {
    if (one.depth >= other.depth) one = one.parent;
    else other = other.parent;
  }
  return one === other ? one : undefined;
}
