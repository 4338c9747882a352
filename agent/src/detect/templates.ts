const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}|\d+/gi;
const VERSION = /^v\d{1,2}$/i;
/** Longer parts of a key are tokens, not names. */
const KEY_WORD_MAX = 24;
const WORD = /^[a-z][a-z_.~-]{0,39}$/i;

/** A span name with its numbers and ids taken out: `graphql.resolve books.0.author` becomes `graphql.resolve books.*.author`. */
export function nameTemplate(name: string): string {
  return name.replace(ID, '*');
}

/** A URL path or a subject with every part that may be a value replaced by `*`. */
export function pathTemplate(path: string): string {
  return path
    .split('/')
    .map((part) =>
      part === '' || WORD.test(part) || VERSION.test(part) ? part : part.startsWith(':') ? part : '*',
    )
    .join('/');
}

/**
 * A key with its values taken out: `user:42:profile` becomes `user:*:*`. Of several parts the last one is always a value.
 * A key that was masked on its way (`user:?`) gives the same pattern.
 */
export function keyPattern(key: string): string {
  const parts = key.split(/[:|/]/);
  const last = parts.length - 1;
  return parts.map((part, i) => ((last > 0 && i === last) || isKeyValue(part) ? '*' : part)).join(':');
}

function isKeyValue(part: string): boolean {
  return /[\d?@]/.test(part) || part.length > KEY_WORD_MAX;
}
