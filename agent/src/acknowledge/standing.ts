import type { CallSite, FindingKind } from '../detect/types.ts';
import { globOf } from './acknowledgement.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { ignoreCommentAt } from './ignore-comment.ts';

/** What of a finding decides whether somebody has accepted it. */
export interface Suspect {
  /** undefined: a repeat that is too cheap to be a finding. */
  readonly id: string | undefined;
  readonly kind: FindingKind;
  readonly statement: string;
  readonly operation: string;
  readonly callSite: CallSite | undefined;
}

export interface Acceptance {
  readonly acknowledgements: readonly Acknowledgement[];
  /** Lines of a source file by the name a call site has; undefined when it cannot be read. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
  readonly nowMs: number;
}

export type Standing =
  /** Nobody has accepted it. `note` says which attempt did not count. */
  | { readonly kind: 'open'; readonly note: string | undefined }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'acknowledged'; readonly reason: string; readonly expires: string };

/** Whether a finding is accepted: by a comment at its call site, else by an entry of the acknowledgement file. */
export function standingOf(suspect: Suspect, { acknowledgements, linesOf, nowMs }: Acceptance): Standing {
  const { callSite, kind } = suspect;
  const lines = callSite === undefined ? undefined : linesOf(callSite.file);
  const comment =
    callSite === undefined || lines === undefined
      ? undefined
      : ignoreCommentAt({ lines, line: callSite.line, kind });
  if (comment?.kind === 'ignored') return comment;
  const matching = acknowledgements.filter((entry) => isAbout(entry, suspect));
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const current = matching.find(({ expires }) => expires >= today);
  if (current !== undefined)
    return { kind: 'acknowledged', reason: current.reason, expires: current.expires };
  const lapsed = matching[0];
  return {
    kind: 'open',
    note:
      comment?.problem ??
      (lapsed === undefined ? undefined : `its acknowledgement expired on ${lapsed.expires}`),
  };
}

function isAbout({ id, statement, operation }: Acknowledgement, suspect: Suspect): boolean {
  return (
    (id === undefined || id === suspect.id) &&
    (statement === undefined || globOf(statement)(suspect.statement)) &&
    (operation === undefined || globOf(operation)(suspect.operation))
  );
}
