import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { RequestTracker } from '../tracker/request-tracker.ts';
import { createLateSites } from './late-sites.ts';
import type { LateSites, Method } from './late-sites.ts';
import type { HookingInstrumentation } from './row.ts';

/** A library that calls its driver with none of the app's frames left on the stack. */
export interface LateLibrary {
  /** Of the package. */
  readonly name: string;
  /** Files of it, without extension; absent: its main module. */
  readonly files?: readonly string[];
  /** Given the exports of each of them; what it returns takes their place. */
  readonly patch: (exports: object, sites: LateSites) => object;
}

/** The stack is taken where the app calls the library and travels in the context to where the span starts. */
export function lateCallSites(tracker: RequestTracker, library: LateLibrary): HookingInstrumentation {
  const sites = createLateSites(tracker);
  const patch = (exports: object): object => library.patch(exports, sites);
  return new (class extends InstrumentationBase {
    constructor() {
      super(`@nightjar/${library.name}`, '0.1.0', { enabled: false });
      this.enable();
    }

    protected override init(): InstrumentationNodeModuleDefinition {
      const files = (library.files ?? []).flatMap((path) =>
        EXTENSIONS.map(
          (extension) =>
            new InstrumentationNodeModuleFile(
              `${library.name}/${path}.${extension}`,
              ['*'],
              patch,
              () => undefined,
            ),
        ),
      );
      const main = library.files === undefined ? patch : undefined;
      return new InstrumentationNodeModuleDefinition(library.name, ['*'], main, undefined, files);
    }
  })();
}

/** Wraps methods that the prototype itself has, once. */
export function patchMethods(
  target: unknown,
  wraps: Readonly<Record<string, (method: Method) => Method>>,
): void {
  const prototype = prototypeOf(target);
  if (prototype === undefined) return;
  for (const [name, wrap] of Object.entries(wraps)) {
    const original: unknown = Object.hasOwn(prototype, name) ? Reflect.get(prototype, name) : undefined;
    if (typeof original !== 'function' || WRAPPED.has(original)) continue;
    const wrapped = wrap(original as Method);
    WRAPPED.add(wrapped);
    Reflect.set(prototype, name, wrapped);
  }
}

const EXTENSIONS = ['js', 'cjs', 'mjs'] as const;
const WRAPPED = new WeakSet<object>();

function prototypeOf(target: unknown): object | undefined {
  const prototype: unknown = typeof target === 'function' ? target.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}
