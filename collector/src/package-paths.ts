import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

/** Root of this package, the same from `src` and from `dist`. */
export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');

const require = createRequire(pathToFileURL(join(packageRoot, 'package.json')));

export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))).version;

export const defaultRulesDir = join(siblingRoot('alerts'), 'rules');

/** Where the dashboard's static files are once built; the package ships without code of its own to import. */
export const uiDir = join(siblingRoot('ui'), 'dist');

/** Address of the agent's entry for `--import`, valid from any directory of this machine. */
export const agentRegisterUrl = pathToFileURL(join(siblingRoot('agent'), 'dist', 'register.js')).href;

/** The directory of `@nightjar/<name>`: as installed, or beside this one in the workspace. */
function siblingRoot(name: string): string {
  for (const base of require.resolve.paths(`@nightjar/${name}`) ?? []) {
    const root = join(base, '@nightjar', name);
    // A workspace is linked: its own path is the one that stays.
    if (isPackage(root)) return realpathSync(root);
  }
  return join(packageRoot, '..', name);
}

function isPackage(root: string): boolean {
  try {
    readFileSync(join(root, 'package.json'));
    return true;
  } catch {
    return false;
  }
}
