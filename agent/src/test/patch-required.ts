import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import type { InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';

/**
 * For jest, whose sandbox no module hook of Node reaches: loads what is to be watched through the sandbox's own `require`
 * and patches it in place, before the tests load the same modules. What an app does not have stays away.
 */
export function patchRequired(instrumentations: readonly object[], cwd: string): void {
  const require = createRequire(join(cwd, 'package.json'));
  for (const instrumentation of instrumentations) {
    if (!takesRequired(instrumentation)) continue;
    for (const definition of instrumentation.getModuleDefinitions())
      patchOne(instrumentation, { definition, require });
  }
}

/** What `InstrumentationBase` does with a module that has just been required: checks its version, then patches. */
interface TakesRequired {
  readonly getModuleDefinitions: () => readonly InstrumentationModuleDefinition[];
  readonly _onRequire: (
    definition: InstrumentationModuleDefinition,
    exports: unknown,
    ...place: [name: string, baseDir: string | undefined]
  ) => unknown;
}

function takesRequired(instrumentation: object): instrumentation is TakesRequired {
  return (
    '_onRequire' in instrumentation &&
    typeof instrumentation._onRequire === 'function' &&
    'getModuleDefinitions' in instrumentation
  );
}

interface Required {
  readonly definition: InstrumentationModuleDefinition;
  readonly require: NodeJS.Require;
}

function patchOne(instrumentation: TakesRequired, { definition, require }: Required): void {
  const { name, files } = definition;
  if (isBuiltin(name)) {
    instrumentation._onRequire(definition, require(name), name, undefined);
    return;
  }
  const baseDir = folderOf(name, require);
  if (baseDir === undefined) return;
  const modules = [
    { name, path: name },
    ...files.map((file) => ({ name: normalize(file.name), path: join(dirnameOf(baseDir, name), file.name) })),
  ];
  for (const one of modules) {
    const exports = loaded(one.path, require);
    if (exports !== undefined) instrumentation._onRequire(definition, exports, one.name, baseDir);
  }
}

function folderOf(name: string, require: NodeJS.Require): string | undefined {
  try {
    const file = require.resolve(name);
    const end = `${sep}node_modules${sep}${normalize(name)}${sep}`;
    const at = file.lastIndexOf(end);
    return at < 0 ? undefined : file.slice(0, at + end.length - 1);
  } catch {
    return undefined;
  }
}

/** The `node_modules` that a package lies in: names of its files begin with its own name. */
function dirnameOf(baseDir: string, name: string): string {
  return name.startsWith('@') ? dirname(dirname(baseDir)) : dirname(baseDir);
}

/** An optional part, such as a native binding, may be absent or of another version. */
function loaded(path: string, require: NodeJS.Require): unknown {
  try {
    return require(path);
  } catch {
    return undefined;
  }
}
