import type { LateSites, Method } from './late-sites.ts';

/**
 * A Prisma query runs when it is awaited, from a promise of Prisma's own. Each client makes those promises with one function,
 * given what to run later: that is where the app is still on the stack.
 */
export function patchPrisma(exports: object, sites: LateSites): object {
  const getClient: unknown = Reflect.get(exports, 'getPrismaClient');
  if (typeof getClient !== 'function') return exports;
  const patched = (...args: unknown[]): unknown => {
    const made: unknown = Reflect.apply(getClient, undefined, args);
    return typeof made === 'function' ? remembering(made, sites) : made;
  };
  if (Reflect.set(exports, 'getPrismaClient', patched)) return exports;
  // Exports of a bundle are read-only.
  return new Proxy(
    {},
    { get: (_, name) => (name === 'getPrismaClient' ? patched : Reflect.get(exports, name)) },
  );
}

function remembering(client: object, sites: LateSites): object {
  return new Proxy(client, {
    construct: (target, args, newTarget) => {
      const made: unknown = Reflect.construct(target as new () => object, args, newTarget);
      if (typeof made !== 'object' || made === null) return Object(made);
      replace(made, PROMISE_MAKER, sites.defers);
      replace(
        made,
        TRANSACTION_CLIENT,
        (method) =>
          function transactionClient(...given) {
            return transactionUnder(method.apply(this, given), sites);
          },
      );
      return made;
    },
  });
}

/** The client of an interactive transaction makes its promises with a function that cannot be reached; its models can. */
function transactionUnder(client: unknown, sites: LateSites): unknown {
  if (typeof client !== 'object' || client === null) return client;
  return watched(client, (name, model) =>
    typeof model === 'object' && model !== null && typeof name === 'string' && /^[^$_]/.test(name)
      ? watched(model, (_, action) =>
          typeof action === 'function' ? sites.promises(action as Method).bind(model) : action,
        )
      : model,
  );
}

function watched(target: object, read: (name: string | symbol, value: unknown) => unknown): object {
  return new Proxy(target, { get: (_, name) => read(name, Reflect.get(target, name)) });
}

function replace(target: object, name: string, wrap: (method: Method) => Method): void {
  const method: unknown = Reflect.get(target, name);
  if (typeof method === 'function') Reflect.set(target, name, wrap(method as Method));
}

const PROMISE_MAKER = '_createPrismaPromise';
const TRANSACTION_CLIENT = '_createItxClient';
