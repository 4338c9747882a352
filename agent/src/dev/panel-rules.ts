/** Whether a panel can go into a response without breaking it, by the headers alone. */

export interface ResponseFacts {
  readonly method: string | undefined;
  readonly statusCode: number;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
}

export type PanelRule = { readonly isWanted: false } | { readonly isWanted: true; readonly nonce?: string };

const NO: PanelRule = { isWanted: false };
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

export function panelRule({ method, statusCode, header }: ResponseFacts): PanelRule {
  if (method === 'HEAD' || statusCode < 200 || BODILESS.has(statusCode)) return NO;
  const [type = '', ...parameters] = (header('content-type') ?? '').toLowerCase().split(';');
  if (type.trim() !== 'text/html') return NO;
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  // The panel is ASCII, which is the same in each of these.
  if (charset !== undefined && !/^charset="?(?:utf-8|us-ascii|iso-8859-\d+|windows-125\d)"?$/.test(charset))
    return NO;
  const encoding = header('content-encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return NO;
  if (header('content-range') !== undefined || header('content-md5') !== undefined) return NO;
  if (header('digest') !== undefined || header('content-digest') !== undefined) return NO;
  return underPolicy(header('content-security-policy'));
}

/** Several policies are joined with commas and all hold; to read them together is more than a panel is worth. */
function underPolicy(policy: string | undefined): PanelRule {
  if (policy === undefined) return { isWanted: true };
  if (policy.includes(',')) return NO;
  const directives = policy.split(';').map((one) => one.trim().split(/\s+/));
  const sources = (name: string): readonly string[] | undefined =>
    directives.find(([directive]) => directive?.toLowerCase() === name)?.slice(1);
  if (sources('sandbox') !== undefined) return NO;
  const styles = sources('style-src-elem') ?? sources('style-src') ?? sources('default-src');
  if (styles === undefined) return { isWanted: true };
  const nonce = styles.map((source) => /^'nonce-([A-Za-z0-9+/_=-]+)'$/.exec(source)?.[1]).find(isText);
  if (nonce !== undefined) return { isWanted: true, nonce };
  const hasHash = styles.some((source) => /^'sha\d+-/.test(source));
  return styles.includes("'unsafe-inline'") && !hasHash ? { isWanted: true } : NO;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
