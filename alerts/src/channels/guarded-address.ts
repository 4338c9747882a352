import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { addressProblem, isHostListed, literalOf, plainHost } from './target-policy.ts';
import type { Target, TargetPolicy } from './target-policy.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name; rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolve: Resolve = async (host) => await lookup(host, { all: true });

export type GuardedAddress =
  | { readonly kind: 'allowed'; readonly addresses: readonly ResolvedAddress[] }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unresolved'; readonly reason: string };

/**
 * Looks a target up once and judges every address it has. Connect to what is returned, never to the name: a second
 * look-up could answer otherwise (DNS rebinding). One bad address among good ones refuses all.
 */
export async function guardAddress(
  target: Target,
  guard: { readonly policy: TargetPolicy; readonly resolve: Resolve },
): Promise<GuardedAddress> {
  const host = plainHost(target.host);
  const isListed = isHostListed(target, guard.policy);
  const literal = literalOf(host);
  let addresses: readonly ResolvedAddress[];
  try {
    addresses =
      literal === undefined
        ? await guard.resolve(host)
        : [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
  } catch (error) {
    return { kind: 'unresolved', reason: error instanceof Error ? error.message : String(error) };
  }
  if (addresses.length === 0) return { kind: 'unresolved', reason: `${host} has no address` };
  if (isListed) return { kind: 'allowed', addresses };
  for (const { address } of addresses) {
    const problem = addressProblem(address, guard.policy);
    if (problem !== undefined) return { kind: 'refused', reason: refusal(target, problem) };
  }
  return { kind: 'allowed', addresses };
}

/** Why a target whose address is written out is refused; undefined for a name, which is judged when it is looked up. */
export function literalProblem(target: Target, policy: TargetPolicy): string | undefined {
  const literal = literalOf(target.host);
  if (literal === undefined || isHostListed(target, policy)) return undefined;
  const problem = addressProblem(literal, policy);
  return problem === undefined ? undefined : refusal(target, problem);
}

export function targetOf(url: URL): Target {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname, port };
}

function refusal({ host, port }: Target, problem: string): string {
  const plain = plainHost(host);
  return `${plain} is ${problem}, list ${plain}:${port} in NIGHTJAR_CHANNEL_ALLOW to send there`;
}

/** A `lookup` for sockets that gives the addresses that were judged, whatever name it is asked for. */
export function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
