import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads one of the agent's own dependencies when it is needed, not at start: 30 instrumentations would cost every app
 * the start-up time of all of them. Synchronous, so that `--require` and `start()` work too.
 */
export function loadPackage<Exports>(name: string): Exports {
  // The caller names the package and its types together.
  return require(name) as Exports;
}
