/** Host of an absolute URL without port and credentials; '' when there is none. */
export function hostOf(url: string): string {
  const scheme = url.indexOf('//');
  if (scheme < 0) return '';
  const rest = url.slice(scheme + 2, scheme + 2 + 512);
  const authority = rest.slice(0, endOf(rest, /[/?#]/));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[')) return host.slice(0, endOf(host, /\]/) + 1);
  return host.slice(0, endOf(host, /:/));
}

function endOf(text: string, stop: RegExp): number {
  const at = text.search(stop);
  return at < 0 ? text.length : at;
}
