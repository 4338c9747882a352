import type { FindingKind } from '../detect/types.ts';

/** `// nightjar-ignore n+1: reason` on the line of the call or on the line above it. */
export type IgnoreComment =
  | { readonly kind: 'ignored'; readonly reason: string }
  /** The comment is there and does not count, for this cause. */
  | { readonly kind: 'invalid'; readonly problem: string };

const KINDS: Readonly<Record<string, FindingKind>> = {
  'n+1': 'n_plus_one',
  duplicate: 'duplicate_query',
  slow: 'slow_statement',
  chatty: 'chatty_request',
  unbounded: 'unbounded_select',
  consecutive: 'consecutive_queries',
  pool: 'pool_wait',
  transaction: 'http_in_transaction',
};
const COMMENT = /(?:\/\/|#|--|\/\*|\*|<!--)\s*nightjar-ignore\b(.*)$/i;
const LINE_CHARACTERS_MAX = 2_000;

export interface CommentPlace {
  readonly lines: readonly string[];
  /** One-based line of the call. */
  readonly line: number;
  readonly kind: FindingKind;
}

/** Undefined: no comment here is about this kind. */
export function ignoreCommentAt({ lines, line, kind }: CommentPlace): IgnoreComment | undefined {
  const own = commentIn(lines[line - 1], kind);
  // A comment behind other code speaks for that code alone.
  const above = /^\s*(?:\/\/|#|--|\/\*|\*|\{\/\*|<!--)/.test(lines[line - 2] ?? '')
    ? lines[line - 2]
    : undefined;
  return own ?? commentIn(above, kind);
}

function commentIn(text: string | undefined, kind: FindingKind): IgnoreComment | undefined {
  const body = COMMENT.exec(text?.slice(0, LINE_CHARACTERS_MAX) ?? '')?.[1];
  if (body === undefined) return undefined;
  const [, name = '', rest = ''] = /^\s*([\w+]*)(.*)$/.exec(body) ?? [];
  const named = KINDS[name.toLowerCase()];
  if (named === undefined) {
    return {
      kind: 'invalid',
      problem: `nightjar-ignore names no kind; write one of ${Object.keys(KINDS).join(', ')}`,
    };
  }
  if (named !== kind) return undefined;
  const reason = rest
    .replace(/(?:\*\/\}?|-->)\s*$/, '')
    .replace(/^\s*:/, '')
    .trim();
  return rest.trimStart().startsWith(':') && reason !== ''
    ? { kind: 'ignored', reason }
    : { kind: 'invalid', problem: `nightjar-ignore ${name} needs a reason: nightjar-ignore ${name}: why` };
}
