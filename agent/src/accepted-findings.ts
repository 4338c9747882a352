import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  ACKNOWLEDGEMENT_FILE,
  acknowledgementsOf,
  ignoreCommentAt,
  standingOf,
} from './acknowledge/index.ts';
import type { Acknowledgement } from './acknowledge/index.ts';
import type { Accepted, Finding } from './detect/types.ts';

/** The acknowledgement file is looked at again at most this often, and read again when it has changed. */
export const RECHECK_MS = 30_000;
const FILE_BYTES_MAX = 2 * 1024 * 1024;
const SITES_MAX = 1_000;

export interface AcceptancePorts {
  readonly cwd: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly warn: (problem: string) => void;
}

/**
 * Says of each finding whether somebody accepted it, in a process that runs on: by a comment at the call site, where the
 * sources are at hand, or by the acknowledgement file of the folder the process was started in. A source is read once for a
 * call site, and nothing is read before there is a finding.
 */
export function createAcceptance({ cwd, nowMs, warn }: AcceptancePorts): (finding: Finding) => Finding {
  const file = createAcknowledgementFile({ cwd, nowMs, warn });
  const comments = new Map<string, readonly string[]>();
  const linesAt = ({ callSite, kind }: Finding): readonly string[] | undefined => {
    if (callSite === undefined) return undefined;
    const key = `${callSite.file}:${callSite.line}:${kind}`;
    const known = comments.get(key);
    if (known !== undefined) return known;
    const path = isAbsolute(callSite.file) ? callSite.file : join(cwd, callSite.file);
    const lines = textOf(path)?.split(/\r?\n/) ?? [];
    const isCommented = ignoreCommentAt({ lines, line: callSite.line, kind }) !== undefined;
    // Only the two lines a comment may stand on are kept, in their place.
    const kept: string[] = [];
    for (const line of isCommented ? [callSite.line - 2, callSite.line - 1] : []) {
      if (line >= 0) kept[line] = lines[line] ?? '';
    }
    if (comments.size >= SITES_MAX) comments.clear();
    comments.set(key, kept);
    return kept;
  };
  return (finding) => {
    const standing = standingOf(
      { ...finding, callSite: finding.callSite },
      { acknowledgements: file(), linesOf: () => linesAt(finding), nowMs: nowMs() },
    );
    if (standing.kind === 'open') return finding;
    const { reason } = standing;
    const accepted: Accepted =
      standing.kind === 'ignored'
        ? { how: 'ignored', reason }
        : { how: 'acknowledged', reason, expires: standing.expires };
    return { ...finding, accepted };
  };
}

function createAcknowledgementFile({ cwd, nowMs, warn }: AcceptancePorts): () => readonly Acknowledgement[] {
  const path = join(cwd, ACKNOWLEDGEMENT_FILE);
  let checkedMs = Number.NEGATIVE_INFINITY;
  let changedMs = Number.NaN;
  let entries: readonly Acknowledgement[] = [];
  return () => {
    if (nowMs() - checkedMs < RECHECK_MS) return entries;
    checkedMs = nowMs();
    const seenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
    if (seenMs === changedMs) return entries;
    changedMs = seenMs;
    const found = acknowledgementsOf(textOf(path) ?? '[]', ACKNOWLEDGEMENT_FILE);
    for (const problem of found.problems) warn(problem);
    entries = found.entries;
    return entries;
  };
}

function textOf(path: string): string | undefined {
  try {
    return statSync(path).size > FILE_BYTES_MAX ? undefined : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
