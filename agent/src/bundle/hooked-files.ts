import type { InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { INSTRUMENTATIONS } from '../instrumentations/load.ts';
import type { InstrumentationPorts } from '../instrumentations/row.ts';
import { createQueueRegistry } from '../queues/queue-registry.ts';
import { RequestTracker } from '../tracker/request-tracker.ts';

/** What instrumentations want to see of a package. */
export interface HookedPackage {
  /** Rows by what they hook, as `require` would name it; the package's own name stands for its main module. */
  readonly rowsOf: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Asked of the instrumentations themselves, so that a bundle misses none; they are turned off again at once. */
export function readHookedPackages(): ReadonlyMap<string, HookedPackage> {
  const packages = new Map<string, Map<string, Set<string>>>();
  const add = (name: string, row: string): void => {
    const packageName = packageOf(name);
    const rowsOf = packages.get(packageName) ?? new Map<string, Set<string>>();
    packages.set(packageName, rowsOf.set(name, (rowsOf.get(name) ?? new Set()).add(row)));
  };
  for (const row of INSTRUMENTATIONS) {
    if (row.packages.length === 0) continue;
    for (const name of row.packages) add(name, row.name);
    const instrumentation = row.create(INERT_PORTS);
    instrumentation.disable();
    for (const definition of instrumentation.getModuleDefinitions())
      for (const name of namesOf(definition)) add(name, row.name);
  }
  return new Map(Array.from(packages, ([name, rowsOf]) => [name, { rowsOf }]));
}

function namesOf({ name, patch, files }: InstrumentationModuleDefinition): readonly string[] {
  return [...(patch === undefined ? [] : [name]), ...files.map((file) => file.name)];
}

/** `pg` of `pg/lib/client.js`, `@aws-sdk/client-s3` of `@aws-sdk/client-s3/dist`. */
function packageOf(name: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
}

const INERT_PORTS: InstrumentationPorts = {
  tracker: new RequestTracker({
    service: '',
    callSites: { capture: () => ({}), read: () => undefined },
    next: () => undefined,
    nowMs: () => 0,
    onFault: () => undefined,
  }),
  queues: createQueueRegistry(),
  isOwnExport: () => false,
};
