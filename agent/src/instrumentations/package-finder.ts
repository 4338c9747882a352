import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Does the app have this package? Looked up as Node would, from its main file and its working directory. */
export type PackageFinder = (name: string) => boolean;

export function createPackageFinder(mainFile: string | undefined, cwd: string): PackageFinder {
  // Plug'n'Play has no folders to look in: taking everything as present costs start-up time, not correctness.
  if ('pnp' in process.versions) return () => true;
  const folders = new Set<string>();
  for (const start of startsOf(mainFile, cwd)) {
    for (let folder = start; ; folder = dirname(folder)) {
      folders.add(join(folder, 'node_modules'));
      // pnpm keeps what others depend on here, out of the app's own reach.
      folders.add(join(folder, 'node_modules', '.pnpm', 'node_modules'));
      if (folder === dirname(folder)) break;
    }
  }
  const present = [...folders].filter((folder) => existsSync(folder));
  return (name) => present.some((folder) => existsSync(join(folder, name, 'package.json')));
}

function startsOf(mainFile: string | undefined, cwd: string): readonly string[] {
  if (mainFile === undefined) return [cwd];
  const file = resolve(cwd, mainFile);
  try {
    return [cwd, dirname(file), dirname(realpathSync(file))];
  } catch {
    return [cwd, dirname(file)];
  }
}
