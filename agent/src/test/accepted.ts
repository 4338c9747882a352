import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ACKNOWLEDGEMENT_FILE, acknowledgementsOf } from '../acknowledge/index.ts';
import type { Acceptance } from '../acknowledge/index.ts';

const FILE_BYTES_MAX = 2 * 1024 * 1024;

export interface AcceptedHere extends Acceptance {
  /** Entries that do not count, a sentence each. */
  readonly problems: readonly string[];
}

/** What the sources and the acknowledgement file under `cwd` accept now. A file that cannot be read accepts nothing. */
export function acceptedUnder(cwd: string): AcceptedHere {
  const lines = new Map<string, readonly string[] | undefined>();
  const linesOf = (file: string): readonly string[] | undefined => {
    if (!lines.has(file)) lines.set(file, textOf(isAbsolute(file) ? file : join(cwd, file))?.split(/\r?\n/));
    return lines.get(file);
  };
  const text = textOf(join(cwd, ACKNOWLEDGEMENT_FILE));
  const found = acknowledgementsOf(text ?? '[]', ACKNOWLEDGEMENT_FILE);
  return {
    acknowledgements: found.entries,
    problems: found.problems,
    linesOf,
    nowMs: REAL_NOW(),
  };
}

// Taken at load: a test may put a fake clock in its place.
const REAL_NOW = Date.now;

function textOf(file: string): string | undefined {
  try {
    return statSync(file).size > FILE_BYTES_MAX ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
