import { isDatabaseSpan } from './call.ts';
import type { Call } from './call.ts';
import type { Node, Scope } from './scope.ts';

const PREPARE = /\bprepare\b/i;
const EXECUTE = /\bexecute\b/i;

/**
 * Doctrine and PDO write two spans a query: `prepare` with the statement and `execute` without. The statement belongs to the
 * execution, which takes the time; a `prepare` that is executed is no call of its own.
 */
export function adoptPrepared(scope: Scope, calls: Map<Node, Call>): void {
  const lastPrepared = new Map<Node | undefined, Node>();
  const used = new Set<Node>();
  for (const node of scope.nodes) {
    const call = calls.get(node);
    if (call !== undefined && call.kind === 'sql' && PREPARE.test(node.span.name))
      lastPrepared.set(node.parent, node);
    else if (call === undefined && EXECUTE.test(node.span.name) && isDatabaseSpan(node.span)) {
      const prepared = lastPrepared.get(node.parent);
      const statement = prepared === undefined ? undefined : calls.get(prepared);
      if (prepared === undefined || statement === undefined) continue;
      calls.set(node, statement);
      used.add(prepared);
    }
  }
  for (const node of used) calls.delete(node);
}
