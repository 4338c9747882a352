import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Bundle } from './diagnosis.ts';

const BYTES_MAX = 50 * 2 ** 20;

/** Bundlers leave the paths of what they put in, as comments or as keys: `node_modules/pg/lib/index.js`. */
export function readBundle(mainFile: string | undefined): Bundle | undefined {
  if (mainFile === undefined) return undefined;
  try {
    if (statSync(mainFile).size > BYTES_MAX) return undefined;
    return { file: basename(mainFile), packages: bundledPackages(readFileSync(mainFile, 'utf8')) };
  } catch {
    return undefined;
  }
}

export function bundledPackages(source: string): ReadonlySet<string> {
  const marks = source.matchAll(
    /(?:^\/\/ |["'`])[^\n"'`]{0,200}?node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/[\w./-]+/gm,
  );
  return new Set(Array.from(marks, (mark) => mark[1] ?? ''));
}
