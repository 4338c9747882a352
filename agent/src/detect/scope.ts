import { textOf } from './attribute-reader.ts';
import { nameTemplate } from './templates.ts';
import type { DetectSpan } from './types.ts';

/** One request or job in one service: a local root and everything below it. */
export interface Scope {
  /** Id of the local root, or of the parent that is missing. */
  readonly id: string;
  readonly service: string;
  readonly operation: string;
  /** Works through many items by design: consumers, jobs, schedules. */
  readonly isBatch: boolean;
  /** The local root was not among the spans. */
  readonly isRootMissing: boolean;
  startMs: number;
  endMs: number;
  /** In start order. */
  readonly nodes: Node[];
}

export interface Node {
  readonly span: DetectSpan;
  /** Within the scope; undefined for its root. */
  readonly parent: Node | undefined;
  readonly scope: Scope;
  /** Spans reached by the same path of names have the same signature. */
  readonly signature: number;
  readonly depth: number;
}

const BATCH_NAME = /\b(?:cron|job|jobs|celery|sidekiq|bull|bullmq|scheduler?|batch|backfill)\b/i;
const SERVER = 2;
const CONSUMER = 5;

/**
 * Cuts the spans of a trace into requests, each with its tree. A span delivered twice counts once, a circle of parents is cut
 * at its earliest span, children of a missing span stay together. The order of the spans does not matter.
 */
export function scopesOf(spans: readonly DetectSpan[]): Scope[] {
  const sorted = distinct(spans);
  const byId = new Map(sorted.map((span) => [span.spanId, span]));
  const builder = new ScopeBuilder(byId);
  for (const span of sorted) builder.nodeOf(span);
  for (const scope of builder.scopes) scope.nodes.sort((a, b) => bySpan(a.span, b.span));
  return builder.scopes.sort(
    (a, b) => a.startMs - b.startMs || compare(a.id, b.id) || compare(a.service, b.service),
  );
}

export function bySpan(a: DetectSpan, b: DetectSpan): number {
  return a.startMs - b.startMs || compare(a.spanId, b.spanId);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function distinct(spans: readonly DetectSpan[]): DetectSpan[] {
  const kept = new Map<string, DetectSpan>();
  for (const span of spans) {
    const other = kept.get(span.spanId);
    if (other === undefined || isFuller(span, other)) kept.set(span.spanId, span);
  }
  return [...kept.values()].sort(bySpan);
}

/** Of two deliveries of one span the longer one is kept, so that the order of arrival does not decide. */
function isFuller(span: DetectSpan, other: DetectSpan): boolean {
  const longer = span.durationMs - other.durationMs || other.startMs - span.startMs;
  return longer > 0 || (longer === 0 && compare(span.name, other.name) < 0);
}

class ScopeBuilder {
  readonly scopes: Scope[] = [];

  readonly #byId: ReadonlyMap<string, DetectSpan>;
  readonly #nodes = new Map<string, Node>();
  readonly #orphanages = new Map<string, Scope>();
  readonly #signatures = new Map<string, number>();
  readonly #templates = new Map<string, string>();
  readonly #cutAt = new Set<string>();

  constructor(byId: ReadonlyMap<string, DetectSpan>) {
    this.#byId = byId;
  }

  nodeOf(span: DetectSpan): void {
    const path: DetectSpan[] = [];
    const onPath = new Set<string>();
    let current: DetectSpan | undefined = span;
    while (current !== undefined && !this.#nodes.has(current.spanId)) {
      if (onPath.has(current.spanId)) {
        this.#cutCircle(path.slice(path.findIndex((member) => member === current)));
        return this.nodeOf(span);
      }
      path.push(current);
      onPath.add(current.spanId);
      current = this.#parentOf(current);
    }
    for (let i = path.length - 1; i >= 0; i--) {
      const next = path[i];
      if (next !== undefined) this.#nodes.set(next.spanId, this.#build(next));
    }
  }

  #cutCircle(circle: readonly DetectSpan[]): void {
    const first = circle.toSorted(bySpan)[0];
    if (first !== undefined) this.#cutAt.add(first.spanId);
  }

  /** The parent within the same request. */
  #parentOf(span: DetectSpan): DetectSpan | undefined {
    if (span.kind === SERVER || span.kind === CONSUMER || this.#cutAt.has(span.spanId)) return undefined;
    const parent = this.#byId.get(span.parentSpanId);
    return parent?.service === span.service ? parent : undefined;
  }

  #build(span: DetectSpan): Node {
    const parentSpan = this.#parentOf(span);
    const parent = parentSpan === undefined ? undefined : this.#nodes.get(parentSpan.spanId);
    const scope = parent?.scope ?? this.#scopeOf(span);
    const signature = this.#signature(parent?.signature ?? 0, parent?.span.name ?? '');
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const node: Node = { span, parent, scope, signature, depth };
    scope.nodes.push(node);
    if (!scope.isRootMissing && parent !== undefined) return node;
    scope.startMs = Math.min(scope.startMs, span.startMs);
    scope.endMs = Math.max(scope.endMs, span.startMs + span.durationMs);
    return node;
  }

  #scopeOf(root: DetectSpan): Scope {
    const isEntry = root.kind === SERVER || root.kind === CONSUMER || this.#cutAt.has(root.spanId);
    const isRootMissing = !isEntry && root.parentSpanId !== '' && !this.#byId.has(root.parentSpanId);
    const key = `${root.parentSpanId}|${root.service}`;
    const known = isRootMissing ? this.#orphanages.get(key) : undefined;
    if (known !== undefined) return known;
    const scope: Scope = {
      id: isRootMissing ? root.parentSpanId : root.spanId,
      service: root.service,
      operation: isRootMissing ? '' : operationOf(root),
      isBatch:
        !isRootMissing && (root.kind === CONSUMER || (root.kind !== SERVER && BATCH_NAME.test(root.name))),
      isRootMissing,
      startMs: root.startMs,
      endMs: root.startMs + root.durationMs,
      nodes: [],
    };
    if (isRootMissing) this.#orphanages.set(key, scope);
    this.scopes.push(scope);
    return scope;
  }

  #signature(parent: number, name: string): number {
    let template = this.#templates.get(name);
    if (template === undefined) {
      template = nameTemplate(name);
      this.#templates.set(name, template);
    }
    const key = `${parent} ${template}`;
    let signature = this.#signatures.get(key);
    if (signature === undefined) {
      signature = this.#signatures.size + 1;
      this.#signatures.set(key, signature);
    }
    return signature;
  }
}

function operationOf(root: DetectSpan): string {
  const route = textOf(root.attributes, 'httpRoute');
  const method = textOf(root.attributes, 'httpMethod').toUpperCase();
  return root.kind === SERVER && route !== '' && root.name === method ? `${method} ${route}` : root.name;
}
