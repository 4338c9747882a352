import type { SpanNode, TraceTree } from './layout/tree.ts';
import { selfTimeMs } from './layout/tree.ts';

export type SpanSummary = Readonly<{
  name: string;
  service: string;
  traceId: string;
  /** The longest of them. */
  exampleId: string;
  count: number;
  selfMs: number;
  totalMs: number;
  maxMs: number;
  errors: number;
}>;

/** One row a name and service, most own time first. */
export function summariseSpans(tree: TraceTree): SpanSummary[] {
  const rows = new Map<string, SpanSummary>();
  const open = [...tree.roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const key = `${node.span.service} ${node.span.name}`;
    rows.set(key, add(rows.get(key), node));
    for (const child of node.children) open.push(child);
  }
  return [...rows.values()].sort((left, right) => right.selfMs - left.selfMs);
}

function add(row: SpanSummary | undefined, node: SpanNode): SpanSummary {
  const { name, service, traceId, spanId, status } = node.span;
  const lengthMs = node.endMs - node.startMs;
  const isLongest = row === undefined || lengthMs > row.maxMs;
  return {
    name,
    service,
    traceId,
    exampleId: isLongest ? spanId : row.exampleId,
    count: (row?.count ?? 0) + 1,
    selfMs: (row?.selfMs ?? 0) + selfTimeMs(node),
    totalMs: (row?.totalMs ?? 0) + lengthMs,
    maxMs: isLongest ? lengthMs : row.maxMs,
    errors: (row?.errors ?? 0) + (status.code === 'error' ? 1 : 0),
  };
}
