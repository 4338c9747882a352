import { callOf, isConnectSpan, isDatabaseKind, isDatabaseSpan } from './call.ts';
import type { Call } from './call.ts';
import { textOf } from './attribute-reader.ts';
import { adoptPrepared } from './prepared.ts';
import type { Node, Scope } from './scope.ts';

/** One call that really went out. */
export interface Member {
  readonly node: Node;
  readonly call: Call;
}

/** Calls of one request that are the same but for their values, in start order. */
export interface Group {
  readonly scope: Scope;
  readonly call: Call;
  readonly members: Member[];
  readonly scopeName: string;
}

export interface ScopeCalls {
  readonly scope: Scope;
  readonly groups: readonly Group[];
  /** Everything that is not `control`, in start order. */
  readonly members: readonly Member[];
  /** Transactions and settings, in start order. */
  readonly controls: readonly Member[];
  /** Transactions, settings and connections: time that goes away with the calls they surround. */
  readonly overhead: readonly Node[];
}

/** The calls of a request, wrappers and double instrumentation taken out. */
export function callsOf(scope: Scope): ScopeCalls {
  const calls = new Map<Node, Call>();
  const overhead: Node[] = [];
  for (const node of scope.nodes) {
    const call = callOf(node.span);
    if (call !== undefined) calls.set(node, call);
    else if (isConnectSpan(node.span) && isDatabaseSpan(node.span)) overhead.push(node);
  }
  adoptPrepared(scope, calls);
  const hidden = shadowed(calls);
  const members: Member[] = [];
  const controls: Member[] = [];
  for (const node of scope.nodes) {
    const call = calls.get(node);
    if (call === undefined || hidden.has(node)) continue;
    if (call.role === 'control') {
      overhead.push(node);
      controls.push({ node, call });
    } else members.push({ node, call });
  }
  const all = grouped(scope, members);
  const groups = withoutEchoes(all);
  if (groups.length === all.length) return { scope, groups, members, controls, overhead };
  const kept = new Set(groups.flatMap((group) => group.members));
  return { scope, groups, members: members.filter((member) => kept.has(member)), controls, overhead };
}

/**
 * A call below another call is the same call seen twice: of two database spans the inner one counts, for it is the driver;
 * a request below a database or RPC span is only its transport.
 */
function shadowed(calls: ReadonlyMap<Node, Call>): ReadonlySet<Node> {
  const hidden = new Set<Node>();
  for (const [node, call] of calls) {
    const outer = enclosingCall(node, calls);
    if (outer === undefined) continue;
    const [outerNode, outerCall] = outer;
    const isDatabase = isDatabaseKind(call.kind);
    if (
      isDatabaseKind(outerCall.kind) === isDatabase &&
      (isDatabase ? outerCall.kind === call.kind : outerCall.kind !== 'rpc')
    )
      hidden.add(outerNode);
    else if (call.kind === 'http') hidden.add(node);
  }
  return hidden;
}

function enclosingCall(node: Node, calls: ReadonlyMap<Node, Call>): readonly [Node, Call] | undefined {
  // Calls lie close together: an ORM, a driver, a connection. The bound keeps deep traces linear.
  const STEPS_MAX = 16;
  let outer = node.parent;
  for (let step = 0; outer !== undefined && step < STEPS_MAX; step++) {
    const call = calls.get(outer);
    if (call !== undefined) return [outer, call];
    outer = outer.parent;
  }
  return undefined;
}

function grouped(scope: Scope, members: readonly Member[]): Group[] {
  const groups = new Map<string, Group>();
  for (const member of members) {
    const { span, signature } = member.node;
    const key = [
      signature,
      member.call.role,
      member.call.kind,
      member.call.fingerprint,
      span.scopeName,
      textOf(span.attributes, 'server'),
      textOf(span.attributes, 'databaseNamespace'),
    ].join('|');
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { scope, call: member.call, members: [member], scopeName: span.scopeName });
    else group.members.push(member);
  }
  return [...groups.values()];
}

/** Two instrumentations side by side report each call twice; the one whose spans lie inside the other's is the driver. */
function withoutEchoes(groups: readonly Group[]): Group[] {
  const alike = new Map<string, Group[]>();
  for (const group of groups) {
    if (group.call.entity === '') continue;
    const key = `${group.members.length}|${group.call.kind}|${group.call.isWrite}|${group.call.entity}`;
    const others = alike.get(key);
    if (others === undefined) alike.set(key, [group]);
    else others.push(group);
  }
  const echoes = new Set<Group>();
  for (const candidates of alike.values()) {
    for (const outer of candidates.slice(0, CANDIDATES_MAX)) {
      if (candidates.some((inner) => !echoes.has(inner) && isEcho(outer, inner))) echoes.add(outer);
    }
  }
  return groups.filter((group) => !echoes.has(group));
}

const CANDIDATES_MAX = 32;

function isEcho(outer: Group, inner: Group): boolean {
  if (outer === inner || outer.scopeName === inner.scopeName) return false;
  let spareMs = 0;
  for (const [i, member] of outer.members.entries()) {
    const other = inner.members[i];
    if (other === undefined) return false;
    const a = member.node.span;
    const b = other.node.span;
    if (b.startMs < a.startMs || b.startMs + b.durationMs > a.startMs + a.durationMs) return false;
    spareMs += a.durationMs - b.durationMs;
  }
  return spareMs > 0 || outer.scopeName > inner.scopeName;
}
