import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import type { PackageFinder } from './package-finder.ts';
import type { InstrumentationPorts, InstrumentationRow } from './row.ts';
import { DATABASES } from './table-databases.ts';
import { LATE } from './table-late.ts';
import { LOGS, MESSAGING, RUNTIME } from './table-messaging.ts';
import { SERVERS } from './table-servers.ts';

export const INSTRUMENTATIONS: readonly InstrumentationRow[] = [
  ...SERVERS,
  ...DATABASES,
  ...LATE,
  ...MESSAGING,
  ...LOGS,
  ...RUNTIME,
];

export interface LoadChoice {
  readonly isPresent: PackageFinder;
  readonly disabled: ReadonlySet<string>;
  readonly warn: (sentence: string) => void;
}

export interface LoadedInstrumentations {
  readonly instrumentations: readonly Instrumentation[];
  readonly names: readonly string[];
  /** ES modules to intercept: packages whole, or single files of them. */
  readonly modules: readonly string[];
}

/** One that fails to load is named and left out; the others and the app go on. */
export function loadInstrumentations(
  ports: InstrumentationPorts,
  choice: LoadChoice,
): LoadedInstrumentations {
  const instrumentations: Instrumentation[] = [];
  const names: string[] = [];
  const modules = new Set<string>();
  for (const row of INSTRUMENTATIONS) {
    if (choice.disabled.has(row.name) || choice.disabled.has(row.partOf ?? row.name)) continue;
    if (row.packages.length > 0 && !row.packages.some(choice.isPresent)) continue;
    try {
      const instrumentation = row.create(ports);
      instrumentations.push(instrumentation);
      names.push(row.name);
      for (const definition of instrumentation.getModuleDefinitions()) {
        for (const module of interceptedOf(definition)) modules.add(module);
      }
    } catch (error) {
      choice.warn(`instrumentation ${row.name} could not be loaded and stays off: ${String(error)}`);
    }
  }
  return { instrumentations, names, modules: [...modules] };
}

/** A package of hundreds of modules, of which only some are patched, would take twice its memory if each were intercepted. */
function interceptedOf({ name, patch, files }: InstrumentationModuleDefinition): readonly string[] {
  const paths = files.map((file) => file.name);
  const areFilesEnough = patch === undefined && paths.length > 0 && paths.every((path) => FILE.test(path));
  return areFilesEnough ? paths : [name];
}

const FILE = /\.[cm]?js$/;
