import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

// The copy of import-in-the-middle that OpenTelemetry's instrumentations use: a second copy would hook nothing of theirs.
const requireAsOtel = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/instrumentation'));

/**
 * Lets instrumentations reach ES modules: only the named packages are intercepted, in the app's own thread. Node
 * versions whose synchronous hooks are incomplete get the asynchronous loader.
 */
export function interceptModules(packages: readonly string[]): void {
  const include = packages.map(matcherOf);
  const { register: registerSync, supportsSyncHooks } = requireAsOtel(
    'import-in-the-middle/register-hooks.mjs',
  ) as typeof import('import-in-the-middle/register-hooks.mjs');
  if (supportsSyncHooks()) registerSync({ include });
  else {
    const hook = requireAsOtel.resolve('import-in-the-middle/hook.mjs');
    register(pathToFileURL(hook), { parentURL: import.meta.url, data: { include } });
  }
}

function matcherOf(name: string): string | RegExp {
  if (name === 'http' || name === 'https') return name;
  // The package and the files inside it, wherever it is installed.
  return new RegExp(`/node_modules/${name.replaceAll(/[.+]/g, String.raw`\$&`)}/`);
}
