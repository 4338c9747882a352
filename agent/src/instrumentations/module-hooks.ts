import { createRequire, isBuiltin, register, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';

// The copy of import-in-the-middle that OpenTelemetry's instrumentations use: a second copy would hook nothing of theirs.
const requireAsOtel = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/instrumentation'));

/**
 * Lets instrumentations reach what the app imports. Node's own modules are loaded now, so that they are patched, and their
 * ES exports follow; of packages only the named ones are intercepted, in the app's own thread. Node versions whose
 * synchronous hooks are incomplete get the asynchronous loader.
 */
export function interceptModules(names: readonly string[]): void {
  for (const name of names.filter(isBuiltin)) requireAsOtel(name);
  syncBuiltinESMExports();
  const include = names.filter((name) => !isBuiltin(name)).map(matcherOf);
  const { register: registerSync, supportsSyncHooks } = requireAsOtel(
    'import-in-the-middle/register-hooks.mjs',
  ) as typeof import('import-in-the-middle/register-hooks.mjs');
  if (supportsSyncHooks()) registerSync({ include });
  else {
    const hook = requireAsOtel.resolve('import-in-the-middle/hook.mjs');
    register(pathToFileURL(hook), { parentURL: import.meta.url, data: { include } });
  }
}

/** A file, or a package and the files inside it, wherever it is installed. */
export function matcherOf(name: string): RegExp {
  const end = /\/.*\.[cm]?js$/.test(name) ? '$' : '/';
  return new RegExp(`/node_modules/${name.replaceAll(/[.+]/g, String.raw`\$&`)}${end}`);
}
