import { context } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { RawStack } from '../tracker/call-site.ts';
import { withPendingSite } from '../tracker/pending-site.ts';
import type { RequestTracker } from '../tracker/request-tracker.ts';

/**
 * `await db.select()…` runs the query from a microtask with none of the app's frames on its stack, so the stack is
 * taken where the query is built: there the builder gets a session that remembers it and runs its statements under it.
 */
export class DrizzleCallSites extends InstrumentationBase {
  readonly #tracker: RequestTracker;

  constructor(tracker: RequestTracker) {
    super('@nightjar/drizzle', '0.1.0', { enabled: false });
    this.#tracker = tracker;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const files = FILES.flatMap(({ path, methods }) =>
      ['js', 'cjs'].map(
        (extension) =>
          new InstrumentationNodeModuleFile(
            `drizzle-orm/${path}.${extension}`,
            ['*'],
            (exports: object) => {
              for (const exported of Object.values(exports)) this.#patch(exported, methods);
              return exports;
            },
            () => undefined,
          ),
      ),
    );
    return new InstrumentationNodeModuleDefinition('drizzle-orm', ['*'], undefined, undefined, files);
  }

  #patch(exported: unknown, methods: readonly string[]): void {
    if (typeof exported !== 'function' || !hasMethods(exported.prototype)) return;
    const { prototype } = exported;
    if (Object.hasOwn(prototype, PATCHED)) return;
    Object.defineProperty(prototype, PATCHED, { value: true });
    for (const name of methods) {
      const original = Object.hasOwn(prototype, name) ? prototype[name] : undefined;
      if (typeof original === 'function') prototype[name] = this.#remembering(original);
    }
  }

  #remembering(build: BuildMethod): BuildMethod {
    const tracker = this.#tracker;
    return function remembering(this: { session?: object }, ...args) {
      const raw = this.session === undefined ? undefined : tracker.stackOfBuild();
      if (raw === undefined || this.session === undefined) return build.apply(this, args);
      return build.apply(Object.create(this, { session: { value: sessionUnder(this.session, raw) } }), args);
    };
  }
}

const PATCHED = Symbol('nightjar.patched');
const BUILDS = [
  'select',
  'selectDistinct',
  'selectDistinctOn',
  'insert',
  'update',
  'delete',
  'execute',
] as const;
const RUNS: ReadonlySet<string | symbol> = new Set(['execute', 'all', 'get', 'run', 'values']);
const FILES = ['pg-core', 'mysql-core', 'sqlite-core', 'singlestore-core'].flatMap((core) => [
  { path: `${core}/db`, methods: BUILDS },
  { path: `${core}/query-builders/query`, methods: ['findMany', 'findFirst'] },
]);

type BuildMethod = (this: { session?: object }, ...args: unknown[]) => unknown;

function hasMethods(prototype: unknown): prototype is Record<string, BuildMethod> & object {
  return typeof prototype === 'object' && prototype !== null;
}

function sessionUnder(session: object, raw: RawStack): object {
  return new Proxy(session, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (name !== 'prepareQuery' && name !== 'prepareRelationalQuery' && name !== 'prepareOneTimeQuery')
        return member;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const prepared: unknown = Reflect.apply(member, target, args);
        return typeof prepared === 'object' && prepared !== null ? runUnder(prepared, raw) : prepared;
      };
    },
  });
}

function runUnder(prepared: object, raw: RawStack): object {
  return new Proxy(prepared, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || !RUNS.has(name)) return member;
      return (...args: unknown[]): unknown =>
        context.with(withPendingSite(context.active(), { raw, isCounted: false }), () =>
          Reflect.apply(member, target, args),
        );
    },
  });
}
