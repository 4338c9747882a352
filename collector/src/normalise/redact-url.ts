/**
 * A URL, a path with query, or a bare query string without what may be secret: values of the query and credentials go, keys
 * stay: `https://u:p@host/a?token=x&b` -> `https://host/a?token=?&b`. Text without either is returned as it is.
 */
export function redactUrl(url: string, isBareQuery = false): string {
  const open = withoutCredentials(url);
  if (isBareQuery) return withoutValues(open);
  const mark = open.indexOf('?');
  if (mark < 0) return open;
  const hash = open.indexOf('#', mark);
  const query = hash < 0 ? open.slice(mark + 1) : open.slice(mark + 1, hash);
  return `${open.slice(0, mark + 1)}${withoutValues(query)}${hash < 0 ? '' : open.slice(hash)}`;
}

function withoutCredentials(url: string): string {
  const scheme = url.indexOf('//');
  if (scheme < 0) return url;
  const from = scheme + 2;
  let end = from;
  while (end < url.length && !'/?#'.includes(url.charAt(end))) end += 1;
  const at = url.lastIndexOf('@', end - 1);
  return at < from ? url : url.slice(0, from) + url.slice(at + 1);
}

function withoutValues(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 || equals === pair.length - 1 ? pair : `${pair.slice(0, equals)}=?`;
    })
    .join('&');
}
