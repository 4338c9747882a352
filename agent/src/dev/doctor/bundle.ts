import { createReadStream, readFileSync, statSync } from 'node:fs';
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

/** The same for an app that serves requests meanwhile: in pieces, each of about a millisecond. */
export async function readBundleInPieces(mainFile: string | undefined): Promise<Bundle | undefined> {
  if (mainFile === undefined) return undefined;
  const packages = new Set<string>();
  try {
    if (statSync(mainFile).size > BYTES_MAX) return undefined;
    const pieces = createReadStream(mainFile, { encoding: 'utf8', highWaterMark: PIECE_BYTES });
    // A mark cut in two is missed; a package leaves one a file.
    for await (const piece of pieces) for (const name of bundledPackages(String(piece))) packages.add(name);
    return { file: basename(mainFile), packages };
  } catch {
    return undefined;
  }
}

const PIECE_BYTES = 128 * 2 ** 10;

export function bundledPackages(source: string): ReadonlySet<string> {
  const marks = source.matchAll(
    /(?:^\/\/ |["'`])[^\n"'`]{0,200}?node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/[\w./-]+/gm,
  );
  return new Set(Array.from(marks, (mark) => mark[1] ?? ''));
}
