import type { FastifyRequest } from 'fastify';
import { ApiFailure } from '../errors.ts';

export interface GuardOptions {
  readonly isLoopback: boolean;
  readonly publicUrl: string | undefined;
}

/**
 * On loopback a page of any site can reach the port by a name of its own that resolves to 127.0.0.1 (DNS rebinding), so
 * the Host header must name this machine. Throws `host_refused`.
 */
export function checkHost(request: FastifyRequest, { isLoopback, publicUrl }: GuardOptions): void {
  if (!isLoopback) return;
  const name = hostnameOf(request.headers.host);
  if (name !== undefined && (isLocalName(name) || name === publicHostname(publicUrl))) return;
  throw new ApiFailure('host_refused');
}

/** A change may be asked for by the dashboard's own pages and by programs, not by pages of other sites. */
export function checkOrigin(request: FastifyRequest, { publicUrl }: GuardOptions): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ApiFailure('origin_refused');
  if (origin === undefined) return;
  const from = URL.canParse(origin) ? new URL(origin) : undefined;
  if (from !== undefined && (from.host === host || from.origin === originOf(publicUrl))) return;
  throw new ApiFailure('origin_refused');
}

function hostnameOf(host: string | undefined): string | undefined {
  const address = `http://${host ?? ''}`;
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) && URL.canParse(address)
    ? new URL(address).hostname
    : undefined;
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function publicHostname(publicUrl: string | undefined): string | undefined {
  return publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
}

function originOf(publicUrl: string | undefined): string | undefined {
  return publicUrl === undefined ? undefined : new URL(publicUrl).origin;
}
