import { context } from '@opentelemetry/api';
import type { RawStack } from '../tracker/call-site.ts';
import { pendingSiteIn, withPendingSite } from '../tracker/pending-site.ts';
import type { RequestTracker } from '../tracker/request-tracker.ts';

export type Method = (this: object, ...args: unknown[]) => unknown;

/** Ways in which a method loses the app's stack, each with the wrap that keeps it. */
export interface LateSites {
  /** Starts its work now and reaches the driver from a queue or a chain of promises. */
  readonly starts: (method: Method) => Method;
  /** The same, of a method that may be given a callback. */
  readonly startsWithCallback: (method: Method) => Method;
  /** Makes a builder, or is a builder's own: it, or what it returns, remembers the stack. */
  readonly builds: (method: Method) => Method;
  /** Runs the builder that it is called on. */
  readonly runs: (method: Method) => Method;
  /** Takes a builder and returns what will `run` it. */
  readonly makesRunner: (method: Method) => Method;
  /** Calls back later, in the context of whoever gave a connection back: the callback keeps the caller's. */
  readonly waits: (method: Method) => Method;
  /** Returns what does the work when it is awaited. */
  readonly promises: (method: Method) => Method;
  /** Takes a function that is called when the app awaits the result, and then does the work. */
  readonly defers: (method: Method) => Method;
}

export function createLateSites(tracker: Pick<RequestTracker, 'stackOfBuild'>): LateSites {
  const built = new WeakMap<object, RawStack>();
  /** What a library does below another call of the app belongs to that call. */
  const stackNow = (): RawStack | undefined =>
    pendingSiteIn(context.active()) === undefined ? tracker.stackOfBuild() : undefined;
  return {
    starts: (method) =>
      function starts(...args) {
        const raw = stackNow();
        if (raw === undefined) return method.apply(this, args);
        return under(raw, () => method.apply(this, args));
      },
    startsWithCallback: (method) =>
      function startsWithCallback(...args) {
        const raw = stackNow();
        if (raw === undefined) return method.apply(this, args);
        const given = lastKeepingContext(args);
        return under(raw, () => method.apply(this, given));
      },
    builds: (method) =>
      function builds(...args) {
        const raw = stackNow();
        const result = method.apply(this, args);
        if (raw === undefined) return result;
        if (isObject(result) && !built.has(result)) built.set(result, raw);
        return result;
      },
    runs: (method) =>
      function runs(...args) {
        const raw = built.get(this);
        return raw === undefined ? method.apply(this, args) : under(raw, () => method.apply(this, args));
      },
    makesRunner: (method) =>
      function makesRunner(...args) {
        const runner = method.apply(this, args);
        const raw = isObject(args[0]) ? built.get(args[0]) : undefined;
        const run: unknown = isObject(runner) ? Reflect.get(runner, 'run') : undefined;
        if (raw === undefined || !isObject(runner) || typeof run !== 'function') return runner;
        Reflect.set(runner, 'run', (...given: unknown[]): unknown =>
          under(raw, () => Reflect.apply(run, runner, given)),
        );
        return runner;
      },
    promises: (method) =>
      function promises(...args) {
        const raw = stackNow();
        const result = method.apply(this, args);
        if (raw === undefined || !isObject(result)) return result;
        for (const name of AWAITING) replaceAwaiting(result, { name, raw });
        return result;
      },
    waits: (method) =>
      function waits(...args) {
        return method.apply(this, lastKeepingContext(args));
      },
    defers: (method) =>
      function defers(work, ...rest) {
        const raw = stackNow();
        if (raw === undefined || typeof work !== 'function') return method.call(this, work, ...rest);
        const deferred = (...args: unknown[]): unknown =>
          under(raw, () => Reflect.apply(work, undefined, args));
        return method.call(this, deferred, ...rest);
      },
  };
}

const AWAITING = ['then', 'catch', 'finally', 'requestTransaction'] as const;

function replaceAwaiting(
  promise: object,
  { name, raw }: { readonly name: string; readonly raw: RawStack },
): void {
  const original: unknown = Reflect.get(promise, name);
  if (typeof original !== 'function') return;
  Reflect.set(promise, name, (...given: unknown[]): unknown => {
    const active = context.active();
    const bound = given.map((each) => (isBoundable(each) ? context.bind(active, each) : each));
    return under(raw, () => Reflect.apply(original, promise, bound));
  });
}

function under(raw: RawStack, call: () => unknown): unknown {
  return context.with(withPendingSite(context.active(), { raw, isCounted: false }), call);
}

/** What the app does when it is called back is no part of the call. Only the last argument can be a callback. */
function lastKeepingContext(args: readonly unknown[]): unknown[] {
  const callback = args.at(-1);
  return typeof callback === 'function'
    ? [...args.slice(0, -1), context.bind(context.active(), callback)]
    : [...args];
}

function isBoundable(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
