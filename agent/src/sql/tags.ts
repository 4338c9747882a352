/** Keys of sqlcommenter that may be kept; `traceparent` and the like change with every call. */
const KEPT = new Set(['route', 'controller', 'action', 'framework', 'db_driver', 'file']);
const TAG_TEXT_MAX = 2_048;
const TAG_VALUE_MAX = 256;

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export interface Uncommented {
  readonly text: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether a comment may stand at either end; a look at the first and the last character, for the statements that have none. */
export function hasOuterComment(sql: string): boolean {
  if (sql.charCodeAt(0) === 47) return true;
  for (let at = sql.length - 1; at >= 0; at--) {
    const code = sql.charCodeAt(at);
    if (code > 32 && code !== 59) return code === 47 || code > 127;
  }
  return false;
}

/** Takes the comments off both ends of a statement, where sqlcommenter and Rails put their tags, and reads those tags. */
export function withoutOuterComments(sql: string): Uncommented {
  let text = sql;
  let tags = NONE;
  const trimmed = text.trimEnd();
  const isSemicolonLast = trimmed.endsWith(';');
  const body = isSemicolonLast ? trimmed.slice(0, -1).trimEnd() : trimmed;
  if (body.endsWith('*/')) {
    const open = body.lastIndexOf('/*');
    // A quote inside could mean that the marks stand in a string; then they stay for the scanner to judge.
    if (open >= 0 && isTagComment(body.slice(open + 2, -2), body.slice(0, open))) {
      tags = tagsOf(body.slice(open + 2, -2));
      text = body.slice(0, open).trimEnd();
    }
  }
  if (text.startsWith('/*')) {
    const close = text.indexOf('*/', 2);
    if (close > 0 && !text.slice(2, close).includes('/*')) {
      if (tags === NONE) tags = tagsOf(text.slice(2, close));
      text = text.slice(close + 2).trimStart();
    }
  }
  return { text, tags };
}

function isTagComment(comment: string, before: string): boolean {
  return !comment.includes('*/') && count(before, "'") % 2 === 0 && count(comment, "'") % 2 === 0;
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found++;
  return found;
}

function tagsOf(comment: string): Readonly<Record<string, string>> {
  if (comment.length > TAG_TEXT_MAX) return NONE;
  const tags: Record<string, string> = {};
  let isEmpty = true;
  for (const part of comment.split(',')) {
    const mark = part.search(/[=:]/);
    const key = part.slice(0, Math.max(mark, 0)).trim();
    if (!KEPT.has(key)) continue;
    const value = part
      .slice(mark + 1)
      .trim()
      .replace(/^'|'$/g, '');
    tags[key] = decoded(value).slice(0, TAG_VALUE_MAX);
    isEmpty = false;
  }
  return isEmpty ? NONE : tags;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("\\'", "'"));
  } catch {
    return value;
  }
}
