import type { Member } from './group.ts';
import type { Node } from './scope.ts';

/** From the end of a BEGIN to the start of its COMMIT or ROLLBACK. */
export interface Transaction {
  readonly startMs: number;
  readonly endMs: number;
  /** The span that both stand under; undefined where it is missing. */
  readonly parent: Node | undefined;
}

/** Transactions of a request that are looked at: a loop of them says nothing new with each. */
const TRANSACTIONS_MAX = 256;

const BEGINS = /^(?:begin|start\s+transaction)\b/i;
const ENDS = /^(?:commit|rollback(?!\s+(?:work\s+|transaction\s+)?to\b)|end|abort)\b/i;

/**
 * The transactions of a request whose begin and end were both seen. Those of one parent do not overlap on one connection, so
 * where a second begins before the first has ended, they run side by side and nobody can say which ends which: both are
 * left out.
 */
export function transactionsOf(controls: readonly Member[]): Transaction[] {
  const open = new Map<Node | undefined, { startMs: number; isUnclear: boolean; depth: number }>();
  const transactions: Transaction[] = [];
  for (const { node, call } of controls) {
    const { startMs, durationMs } = node.span;
    const parent = node.parent;
    const current = open.get(parent);
    if (BEGINS.test(call.statement)) {
      if (current === undefined)
        open.set(parent, { startMs: startMs + durationMs, isUnclear: false, depth: 1 });
      else {
        current.isUnclear = true;
        current.depth++;
      }
    } else if (ENDS.test(call.statement) && current !== undefined && --current.depth === 0) {
      open.delete(parent);
      if (!current.isUnclear && transactions.length < TRANSACTIONS_MAX)
        transactions.push({ startMs: current.startMs, endMs: startMs, parent });
    }
  }
  return transactions;
}
