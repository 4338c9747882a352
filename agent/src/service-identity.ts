import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface ServiceIdentity {
  readonly name: string;
  readonly version: string | undefined;
}

const FOLDERS_MAX = 32;

/** The app's own package.json: the nearest one above its main file, else above the working directory. */
export function findServiceIdentity(mainFile: string | undefined, cwd: string): ServiceIdentity {
  const found =
    (mainFile === undefined ? undefined : nearestPackage(dirname(resolve(cwd, mainFile)))) ??
    nearestPackage(cwd);
  return found ?? { name: 'unknown_service:node', version: undefined };
}

function nearestPackage(start: string): ServiceIdentity | undefined {
  let folder = start;
  for (let depth = 0; depth < FOLDERS_MAX; depth++) {
    const identity = readPackage(join(folder, 'package.json'));
    if (identity !== undefined) return identity;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return undefined;
}

function readPackage(file: string): ServiceIdentity | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('name' in parsed)) return undefined;
    const { name } = parsed;
    if (typeof name !== 'string' || name === '') return undefined;
    const version = 'version' in parsed && typeof parsed.version === 'string' ? parsed.version : undefined;
    return { name, version };
  } catch {
    return undefined;
  }
}
