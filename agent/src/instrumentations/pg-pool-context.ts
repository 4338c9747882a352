import { context } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { RequestTracker } from '../tracker/request-tracker.ts';
import { takeAsked, whileAsking, whileRunning } from './pg-pool-call.ts';
import type { PoolCall } from './pg-pool-call.ts';

/**
 * `pool.query` hands the statement to a client later, in the context of whoever released that client. This keeps the
 * caller's context, so that the span lands in the right request, and takes the caller's stack while it is there.
 */
export class PgPoolContext extends InstrumentationBase {
  readonly #tracker: RequestTracker;

  constructor(tracker: RequestTracker) {
    super('@nightjar/pg-pool', '0.1.0', { enabled: false });
    this.#tracker = tracker;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('pg-pool', ['>=2 <4'], (exports: PoolExports) => {
      const prototype = (exports.default ?? exports).prototype;
      if (prototype !== undefined && !(PATCHED in prototype)) patch(prototype, this.#tracker);
      return exports;
    });
  }
}

const PATCHED = Symbol('nightjar.patched');

type PoolMethod = (this: unknown, first?: unknown, ...rest: unknown[]) => unknown;
type Callback = (...args: unknown[]) => unknown;

interface PoolPrototype {
  connect: PoolMethod;
  query: PoolMethod;
}

interface PoolExports {
  readonly prototype?: PoolPrototype;
  readonly default?: { readonly prototype?: PoolPrototype };
}

function patch(prototype: PoolPrototype, tracker: RequestTracker): void {
  const { connect, query } = prototype;
  Object.defineProperty(prototype, PATCHED, { value: true });
  prototype.connect = function (callback, ...rest) {
    const call = takeAsked();
    if (typeof callback !== 'function') return connect.call(this, callback, ...rest);
    const active = context.active();
    const own = callback as Callback;
    const inContext = (...args: unknown[]): unknown => context.with(active, own, undefined, ...args);
    const askedMs = call !== undefined && isExhausted(this) ? performance.now() : undefined;
    const bound =
      call === undefined
        ? inContext
        : (...args: unknown[]) => whileRunning(waited(call, askedMs), () => inContext(...args));
    return connect.call(this, bound, ...rest);
  };
  prototype.query = function (statement, ...rest) {
    const text = textOf(statement);
    if (text === undefined) return query.call(this, statement, ...rest);
    const active = context.active();
    // What the app does when it is called back is no part of this call.
    const bound = rest.map((arg) => (typeof arg === 'function' ? context.bind(active, arg) : arg));
    return whileAsking({ site: tracker.siteOfPoolCall(text) }, () => query.call(this, statement, ...bound));
  };
}

/**
 * All connections are open, and taken or about to be by those who asked before; with one still to be opened a call does not
 * wait but connects.
 */
function isExhausted(pool: unknown): boolean {
  if (typeof pool !== 'object' || pool === null) return false;
  if (!('totalCount' in pool) || !('idleCount' in pool) || !('waitingCount' in pool)) return false;
  const { totalCount, idleCount, waitingCount } = pool;
  const options = 'options' in pool ? pool.options : undefined;
  if (typeof options !== 'object' || options === null || !('max' in options)) return false;
  return Number(idleCount) <= Number(waitingCount) && Number(totalCount) >= Number(options.max);
}

function waited(call: PoolCall, askedMs: number | undefined): PoolCall {
  return askedMs === undefined ? call : { ...call, waitedMs: performance.now() - askedMs };
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || !('text' in statement)) return undefined;
  return typeof statement.text === 'string' ? statement.text : undefined;
}
