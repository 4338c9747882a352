import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import type { PackageFinder } from '../../instrumentations/package-finder.ts';
import type { InstrumentationRow } from '../../instrumentations/row.ts';
import type { HookFacts, LibraryFacts } from './facts.ts';

export interface Looked {
  readonly on: Instrumentation | undefined;
  readonly isPresent: PackageFinder;
  readonly disabled: ReadonlySet<string>;
}

export function libraryFacts(row: InstrumentationRow, { on, isPresent, disabled }: Looked): LibraryFacts {
  return {
    name: row.name,
    packages: row.packages,
    isInstalled: row.packages.length === 0 || row.packages.some(isPresent),
    isDisabled: disabled.has(row.name),
    isOn: on !== undefined,
    hooks: definitionsOf(on).map(hookFacts),
  };
}

/** What the instrumentation works with; `getModuleDefinitions` would give fresh ones, which know of no module yet. */
function definitionsOf(on: Instrumentation | undefined): readonly InstrumentationModuleDefinition[] {
  const live: unknown = on === undefined ? undefined : Reflect.get(on, '_modules');
  return Array.isArray(live) ? live.filter(isDefinition) : [];
}

function isDefinition(value: unknown): value is InstrumentationModuleDefinition {
  return typeof value === 'object' && value !== null && 'supportedVersions' in value && 'files' in value;
}

function hookFacts({ name, supportedVersions, files, ...seen }: InstrumentationModuleDefinition): HookFacts {
  const { moduleVersion, moduleExports } = seen;
  return {
    module: name,
    supported: supportedVersions,
    version: moduleVersion,
    isTaken: moduleExports !== undefined || files.some((file) => file.moduleExports !== undefined),
  };
}

const IN_PACKAGE = /^.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/;

/** Of a file's path. */
export function packageOf(path: string): string | undefined {
  return IN_PACKAGE.exec(path)?.[1]?.replace('\\', '/');
}
