import { numberOf } from './attribute-reader.ts';
import type { Group, ScopeCalls } from './group.ts';
import type { Node } from './scope.ts';

export interface Source {
  readonly node: Node;
  /** It returned about as many rows as the loop has steps. */
  readonly isConfirmed: boolean;
}

/** The read that most likely supplied the ids: the last one under the same anchor, made once and done before the loop began. */
export function sourceOf(group: Group, anchor: Node | undefined, calls: ScopeCalls): Source | undefined {
  const startMs = group.members[0]?.node.span.startMs ?? 0;
  const count = group.members.length;
  let best: Source | undefined;
  for (const candidate of calls.groups) {
    const member = candidate.members[0];
    if (
      candidate.members.length !== 1 ||
      member === undefined ||
      member.call.isWrite ||
      member.call.role !== 'plain'
    )
      continue;
    const { span } = member.node;
    if (span.startMs + span.durationMs > startMs || !isBelow(member.node, anchor)) continue;
    const rows = numberOf(span.attributes, 'returnedRows');
    const isConfirmed = rows !== undefined && rows > 0 && Math.abs(rows - count) <= Math.max(1, count * 0.1);
    const isLater = best === undefined || span.startMs >= best.node.span.startMs;
    if (
      best === undefined ||
      (isConfirmed && !best.isConfirmed) ||
      (isConfirmed === best.isConfirmed && isLater)
    )
      best = { node: member.node, isConfirmed };
  }
  return best;
}

function isBelow(node: Node, anchor: Node | undefined): boolean {
  if (anchor === undefined) return true;
  let at: Node | undefined = node;
  while (at !== undefined && at.depth > anchor.depth) at = at.parent;
  return at === anchor;
}
