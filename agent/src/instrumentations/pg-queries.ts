import { SpanKind, SpanStatusCode, context } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { isTracingSuppressed } from '@opentelemetry/core';
import { DB_POOL_WAIT_MS } from '../attributes.ts';
import { handingOver } from '../tracker/pending-site.ts';
import { callAttributes, callOf, spanName } from './pg-call.ts';
import type { PgCall, PgClient } from './pg-call.ts';
import { poolCallNow } from './pg-pool-call.ts';
import { watchSubmittable } from './pg-submittable.ts';

/** A span for each statement of pg. Ours and not OpenTelemetry's: docs/adr/002-own-spans.md has the figures. */
export class PgQueries extends InstrumentationBase {
  constructor() {
    super('@nightjar/pg', '0.1.0', { enabled: false });
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const patch = (client: unknown): void => patchClient(client, () => this.tracer);
    const files = ['pg/lib/client.js', 'pg/lib/native/client.js'].map(
      (name) =>
        new InstrumentationNodeModuleFile(
          name,
          VERSIONS,
          (client: unknown) => {
            patch(client);
            return client;
          },
          restoreClient,
        ),
    );
    return new InstrumentationNodeModuleDefinition(
      'pg',
      VERSIONS,
      (exports: PgExports) => {
        patch((exports.default ?? exports).Client);
        return exports;
      },
      (exports?: PgExports) => restoreClient((exports?.default ?? exports)?.Client),
      files,
    );
  }
}

/** Shorter waits are not told. */
const POOL_WAIT_MS_MIN = 5;
const VERSIONS = ['>=8.0.3 <9'];
const restores = new WeakMap<object, () => void>();

interface PgExports {
  readonly Client?: unknown;
  readonly default?: { readonly Client?: unknown };
}

type Query = (this: PgClient, ...args: unknown[]) => unknown;
type Callback = (...args: unknown[]) => unknown;

function patchClient(client: unknown, tracer: () => Tracer): void {
  if (typeof client !== 'function' || restores.has(client)) return;
  const prototype = client.prototype as { query?: Query };
  const { query } = prototype;
  if (typeof query !== 'function') return;
  const patched: Query = function (...args) {
    const started = begun(this, { args, tracer });
    return started === undefined ? query.apply(this, args) : ran(this, { query, args, started });
  };
  prototype.query = patched;
  restores.set(client, () => {
    restores.delete(client);
    if (prototype.query === patched) prototype.query = query;
  });
}

function restoreClient(client: unknown): void {
  if (typeof client === 'function') restores.get(client)?.();
}

interface Begun {
  readonly span: Span;
  /** The pool's own callback, which does nothing of the app's. */
  readonly isPoolCall: boolean;
}

interface Asked {
  readonly args: readonly unknown[];
  readonly tracer: () => Tracer;
}

function begun(client: PgClient, { args, tracer }: Asked): Begun | undefined {
  try {
    const call = callOf(args[0], args[1]);
    if (call === undefined || isTracingSuppressed(context.active())) return undefined;
    const pool = poolCallNow();
    const start = (): Span => startSpan(client, { call, tracer: tracer() });
    const span = pool?.site === undefined ? start() : handingOver(pool.site, start);
    const waitedMs = pool?.waitedMs ?? 0;
    if (waitedMs >= POOL_WAIT_MS_MIN) span.setAttribute(DB_POOL_WAIT_MS, waitedMs);
    return { span, isPoolCall: pool !== undefined };
  } catch {
    // The statement runs without a span.
    return undefined;
  }
}

function startSpan(client: PgClient, { call, tracer }: { call: PgCall; tracer: Tracer }): Span {
  return tracer.startSpan(spanName(call, client), {
    kind: SpanKind.CLIENT,
    attributes: callAttributes(call, client),
  });
}

interface Run {
  readonly query: Query;
  readonly args: unknown[];
  readonly started: Begun;
}

function ran(client: PgClient, { query, args, started }: Run): unknown {
  const { span } = started;
  const isCalledBack = takeCallback(args, started);
  let result: unknown;
  try {
    result = query.apply(client, args);
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
  if (isCalledBack) return result;
  if (isThenable(result)) {
    return result.then(
      (rows: unknown) => {
        endWith(span, rows);
        return rows;
      },
      (error: unknown) => {
        endFailed(span, error);
        throw error;
      },
    );
  }
  if (!watchSubmittable(args[0], (error) => (error === undefined ? span.end() : endFailed(span, error))))
    span.end();
  return result;
}

/** Puts one of ours before the callback among the arguments, or in the statement. False when there is none. */
function takeCallback(args: unknown[], { span, isPoolCall }: Begun): boolean {
  const at = args.findLastIndex((arg) => typeof arg === 'function');
  const callback = args[at];
  if (typeof callback === 'function') {
    args[at] = endingBefore(callback as Callback, { span, isPoolCall });
    return true;
  }
  const [statement] = args;
  if (typeof statement !== 'object' || statement === null || !('callback' in statement)) return false;
  const own = statement.callback;
  if (typeof own !== 'function') return false;
  // An object asked with again would else carry one of ours more each time.
  const callbackOfApp = wrapped.get(own) ?? (own as Callback);
  const ending = endingBefore(callbackOfApp, { span, isPoolCall });
  wrapped.set(ending, callbackOfApp);
  statement.callback = ending;
  return true;
}

const wrapped = new WeakMap<object, Callback>();

/** Not of this realm's `Promise` alone: a client may be given another, and a test runner has its own. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function endingBefore(callback: Callback, { span, isPoolCall }: Begun): Callback {
  const active = context.active();
  return function (this: unknown, ...args: unknown[]) {
    const [error, result] = args;
    if (error === null || error === undefined) endWith(span, result);
    else endFailed(span, error);
    return isPoolCall ? callback.apply(this, args) : context.with(active, callback, this, ...args);
  };
}

function endWith(span: Span, result: unknown): void {
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    span.setAttribute('db.response.returned_rows', result.rows.length);
  span.end();
}

function endFailed(span: Span, error: unknown): void {
  const code = codeOf(error);
  if (code !== undefined) span.setAttributes({ 'db.response.status_code': code, 'error.type': code });
  if (error instanceof Error) {
    span.recordException(`PostgreSQL error of type '${error.name}' occurred (code: ${code ?? 'UNKNOWN'})`);
    span.setStatus({ code: SpanStatusCode.ERROR, message: withoutValues(error.message, code) });
  } else span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Data exceptions and syntax errors quote what they were given; all others quote names. */
const QUOTES_VALUES = /^(?:22|42601$)/;

function withoutValues(message: string, code: string | undefined): string {
  return code !== undefined && QUOTES_VALUES.test(code) ? message.replace(/".*"/s, '"?"') : message;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
