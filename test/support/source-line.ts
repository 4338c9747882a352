import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shopDir } from './paths.ts';

export interface SourcePlace {
  /** As the agent names it: from the app's folder. */
  readonly file: string;
  readonly line: number;
}

/** Where the code stands in the shop's source; it must stand there once. */
export function placeOf(file: string, code: string): SourcePlace {
  const lines = readFileSync(join(shopDir, file), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(code) ? [index + 1] : []));
  const [line] = found;
  if (line === undefined || found.length > 1) throw new Error(`${file}: ${found.length} lines hold ${code}`);
  return { file, line };
}
