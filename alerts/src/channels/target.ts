export type TargetCheck =
  { readonly kind: 'allowed'; readonly url: URL } | { readonly kind: 'refused'; readonly reason: string };

/** Where a webhook may go: http or https, without a password in the address. */
export function checkTarget(address: string): TargetCheck {
  if (!URL.canParse(address)) return { kind: 'refused', reason: 'the address is not a URL' };
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { kind: 'refused', reason: `the scheme ${url.protocol} is not http: or https:` };
  if (url.username !== '' || url.password !== '')
    return {
      kind: 'refused',
      reason: 'the address holds a user name or password, sign with a secret instead',
    };
  return { kind: 'allowed', url };
}
