// Which addresses a channel may reach. Every address is judged as the number it is, after the URL parser has undone
// 127.1, 0x7f.1, 2130706433 and full-width digits, and after mapped IPv4 has been unwrapped.
import ipaddr from 'ipaddr.js';

export const allowEntriesMax = 100;

export type AllowEntry =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null }
  | { readonly kind: 'range'; readonly network: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number };

export interface TargetPolicy {
  /** True when the collector serves this machine only: then private and loopback receivers are its neighbours. */
  readonly isPrivateAllowed: boolean;
  readonly allowed: readonly AllowEntry[];
}

/** Public addresses only. */
export const publicOnly: TargetPolicy = { isPrivateAllowed: false, allowed: [] };

export interface AllowList {
  readonly entries: readonly AllowEntry[];
  /** Entries that are neither a host, host:port nor a CIDR range. */
  readonly unread: readonly string[];
}

/** `alerts.internal:9093, 10.1.0.0/16, [fd00::5]:80` */
export function parseAllowList(text: string): AllowList {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const read = parts.map((part) => ({ part, entry: parseEntry(part) }));
  return {
    entries: read.flatMap(({ entry }) => (entry === undefined ? [] : [entry])).slice(0, allowEntriesMax),
    unread: read
      .filter(({ entry }, index) => entry === undefined || index >= allowEntriesMax)
      .map((it) => it.part),
  };
}

export interface Target {
  /** As the URL parser gives it; brackets and a trailing dot do not matter. */
  readonly host: string;
  readonly port: number;
}

/** True when the name itself is listed: then it is trusted wherever it resolves to. */
export function isHostListed(target: Target, policy: TargetPolicy): boolean {
  const host = plainHost(target.host);
  return policy.allowed.some(
    (it) => it.kind === 'host' && it.host === host && (it.port === null || it.port === target.port),
  );
}

/** Why the address is refused; undefined when it may be reached. */
export function addressProblem(address: string, policy: TargetPolicy): string | undefined {
  const plain = plainHost(address);
  if (!ipaddr.isValid(plain)) return 'not an address';
  const parsed = ipaddr.process(plain);
  const isListed = policy.allowed.some((it) => it.kind === 'range' && isWithin(parsed, it));
  if (isListed) return undefined;
  const range = parsed.range();
  if (isMetadata(parsed)) return 'an address of the cloud it runs in';
  if (range === 'unicast' && isGlobal(parsed)) return undefined;
  if (policy.isPrivateAllowed && neighbourRanges.has(range)) return undefined;
  return `a ${range === 'unicast' ? 'reserved' : range} address`;
}

/** The literal of a host, or undefined when it is a name to resolve. */
export function literalOf(host: string): string | undefined {
  const plain = plainHost(host);
  return ipaddr.isValid(plain) ? plain : undefined;
}

export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

const neighbourRanges: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'uniqueLocal',
  'carrierGradeNat',
]);
// Instance metadata that lies in a range of neighbours or of everybody: EC2 over IPv6, Alibaba, Azure. The rest are
// link-local.
const metadataAddresses: ReadonlySet<string> = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16']);

function isMetadata(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return metadataAddresses.has(address.toString());
}

// Outside 2000::/3 nothing of IPv6 is assigned for public use; ::7f00:1 would pass as unicast.
function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv4 || ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
}

function isWithin(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  range: Extract<AllowEntry, { kind: 'range' }>,
): boolean {
  const { network, bits } = range;
  if (address instanceof ipaddr.IPv4 && network instanceof ipaddr.IPv4) return address.match(network, bits);
  if (address instanceof ipaddr.IPv6 && network instanceof ipaddr.IPv6) return address.match(network, bits);
  return false;
}

function parseEntry(text: string): AllowEntry | undefined {
  if (text.includes('/')) {
    if (!ipaddr.isValidCIDR(text)) return undefined;
    const [network, bits] = ipaddr.parseCIDR(text);
    return { kind: 'range', network, bits };
  }
  const bare = ipaddr.IPv6.isValid(text) ? `[${text}]` : text;
  if (!/^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]{1,253})(:\d{1,5})?$/i.test(bare) || !URL.canParse(`ws://${bare}`))
    return undefined;
  const { hostname } = new URL(`ws://${bare}`);
  const portText = /:(\d{1,5})$/.exec(bare)?.[1];
  const port = portText === undefined ? null : Number(portText);
  const literal = literalOf(hostname);
  if (literal === undefined || port !== null) return { kind: 'host', host: plainHost(hostname), port };
  const network = ipaddr.process(literal);
  return { kind: 'range', network, bits: network instanceof ipaddr.IPv4 ? 32 : 128 };
}
