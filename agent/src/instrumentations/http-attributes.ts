/** What a server's span says of its request, by the semantic conventions: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@opentelemetry/api';

export type Scheme = 'http' | 'https';

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
]);

export function knownMethod(method: string): string {
  if (METHODS.has(method)) return method;
  const upper = method.toUpperCase();
  return METHODS.has(upper) ? upper : '_OTHER';
}

export function serverAttributes(request: IncomingMessage, scheme: Scheme): Attributes {
  const { headers, socket, method = 'GET', url = '/' } = request;
  const known = knownMethod(method);
  const peer = socket.remoteAddress;
  const attributes: Attributes = {
    'http.request.method': known,
    'url.scheme': scheme,
    'network.protocol.version': request.httpVersion,
  };
  if (method !== known) attributes['http.request.method_original'] = method;
  if (peer !== undefined) {
    attributes['network.peer.address'] = peer;
    attributes['network.peer.port'] = socket.remotePort;
  }
  const client = clientAddress(request) ?? peer;
  if (client !== undefined) attributes['client.address'] = client;
  const agent = headers['user-agent'];
  if (agent !== undefined) attributes['user_agent.original'] = agent;
  addServer(attributes, hostOf(request, scheme));
  addTarget(attributes, url);
  return attributes;
}

function addServer(attributes: Attributes, host: Host | undefined): void {
  if (host === undefined) return;
  attributes['server.address'] = host.address;
  if (host.port !== undefined) attributes['server.port'] = host.port;
}

function addTarget(attributes: Attributes, url: string): void {
  const target = isPlainPath(url) ? url : normalised(url);
  const query = target.indexOf('?');
  attributes['url.path'] = query < 0 ? target : target.slice(0, query);
  if (query >= 0 && query < target.length - 1) attributes['url.query'] = target.slice(query + 1);
}

const NEEDS_PARSING = /\/\.|%2e|[\\#\s"<>`{}^|\u0080-\uffff]/i;

/** A path that a URL parser would leave as it is. */
function isPlainPath(url: string): boolean {
  return url.startsWith('/') && !url.startsWith('//') && !NEEDS_PARSING.test(url);
}

/** Proxies are asked for whole URLs, clients send what they like. */
function normalised(url: string): string {
  const parsed = URL.parse(url.startsWith('/') ? `http://localhost${url}` : url, 'http://localhost');
  return parsed === null ? url : `${parsed.pathname}${parsed.search}`;
}

interface Host {
  readonly address: string;
  readonly port: number | undefined;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

function hostOf({ headers }: IncomingMessage, scheme: Scheme): Host | undefined {
  const forwarded = forwardedOf(headers.forwarded);
  if (forwarded?.host !== undefined) return hostAndPort(forwarded.host, forwarded.proto);
  const proxied = first(headers['x-forwarded-host']);
  if (proxied !== undefined && proxied !== '')
    return hostAndPort(proxied, first(headers['x-forwarded-proto']));
  return headers.host === undefined || headers.host === '' ? undefined : hostAndPort(headers.host, scheme);
}

function hostAndPort(host: string, scheme: string | undefined): Host {
  const colon = host.indexOf(':', host.lastIndexOf(']') + 1);
  const port = colon < 0 ? undefined : Number(host.slice(colon + 1));
  const isPort = port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536;
  return { address: colon < 0 ? host : host.slice(0, colon), port: isPort ? port : PORTS[scheme ?? ''] };
}

/** As the nearest proxy tells of the client. */
function clientAddress({ headers }: IncomingMessage): string | undefined {
  const forwarded = forwardedOf(headers.forwarded);
  if (forwarded?.for !== undefined) return withoutPort(forwarded.for);
  const client = first(headers['x-forwarded-for']) ?? '';
  return client === '' ? undefined : withoutPort(client);
}

function withoutPort(address: string): string {
  const bracket = /^\[(.*)\]/.exec(address)?.[1];
  if (bracket !== undefined) return bracket;
  const colons = address.split(':').length - 1;
  return colons === 1 ? address.slice(0, address.indexOf(':')) : address;
}

interface Forwarded {
  readonly for: string | undefined;
  readonly host: string | undefined;
  readonly proto: string | undefined;
}

/** The first element of RFC 7239's header. */
function forwardedOf(header: string | undefined): Forwarded | undefined {
  if (header === undefined) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of (header.split(',', 1)[0] ?? '').split(';')) {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1).trim();
    if (equals > 0) pairs.set(pair.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
  }
  return { for: pairs.get('for'), host: pairs.get('host'), proto: pairs.get('proto') };
}

/** A chain of proxies writes a list. */
function first(header: string | readonly string[] | undefined): string | undefined {
  const all = typeof header === 'object' ? header[0] : header;
  return all?.split(',', 1)[0]?.trim();
}
