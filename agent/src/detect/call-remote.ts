import { hashOf } from '../sql/index.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import type { Call } from './call.ts';
import { attributeParameters } from './parameters.ts';
import { pathTemplate } from './templates.ts';
import type { DetectSpan } from './types.ts';

const URL_MAX = 2_048;
const URL_PARTS = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const ASSET = /\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|js|mjs|map|woff2?|ttf|otf|eot|mp4|webm|wasm)$/i;
const EXPORTER = /\/v1\/(?:traces|metrics|logs)$|\/api\/v2\/spans$|\/opentelemetry\.proto\.collector\./;
/** What redaction leaves of a query value. */
const HIDDEN_VALUE = /=(?:&|$|\?|\*|REDACTED|%3F)/i;
const PAGE_KEY =
  /^(?:page|p|cursor|offset|after|before|start|skip|from|page_?token|page\[\w+\]|next_?token|continuation_?token|marker|start_?at|starting_after)$/i;

/** A request to another service; undefined for assets, parts of an upload and telemetry on its way out. */
export function httpCall(span: DetectSpan): Call | undefined {
  const method = textOf(span.attributes, 'httpMethod').toUpperCase();
  const url = textOf(span.attributes, 'url').slice(0, URL_MAX) || partsUrl(span);
  if (method === '' || url === '') return undefined;
  const parts = URL_PARTS.exec(url);
  const host = parts?.[1] ?? '';
  const path = parts?.[2] ?? '';
  const query = parts?.[3] ?? '';
  if (ASSET.test(path) || EXPORTER.test(path) || /(?:^|&)partNumber=/.test(query)) return undefined;
  const template = textOf(span.attributes, 'urlTemplate') || pathTemplate(path);
  const keys = queryKeys(query);
  const known = attributeParameters(span.attributes);
  const isWrite = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  return {
    kind: 'http',
    role: 'plain',
    statement: `${method} ${host}${template}${keys.length > 0 ? `?${keys.join('&')}` : ''}`,
    fingerprint: hashOf('http', method, host, template, keys.join('&')),
    parameters: known ?? url,
    isPartlyHidden: known === undefined && HIDDEN_VALUE.test(query),
    hasValues: template !== path || keys.length > 0,
    isWrite,
    isBatch: /(?:^|\/)(?:_?bulk|_?batch|_msearch|_mget)$/i.test(path),
    isPaged: keys.some((key) => PAGE_KEY.test(key)),
    isPipelined: false,
    entity: host,
  };
}

/** gRPC and its kin. What was asked is not on the span. */
export function rpcCall(span: DetectSpan): Call | undefined {
  const service = textOf(span.attributes, 'rpcService');
  const method = textOf(span.attributes, 'rpcMethod');
  const name = method.includes('/') || service === '' ? method || span.name : `${service}/${method}`;
  if (EXPORTER.test(`/${name}`) || method === 'UploadPart') return undefined;
  return {
    kind: 'rpc',
    role: 'plain',
    statement: name,
    fingerprint: hashOf('rpc', name),
    parameters: attributeParameters(span.attributes),
    hasValues: true,
    isWrite: false,
    isBatch: /^(?:Batch|BulkGet|MultiGet)/.test(name.slice(name.lastIndexOf('/') + 1)),
    isPaged: false,
    isPipelined: false,
    entity: service,
  };
}

/** A message sent. */
export function publishCall(span: DetectSpan): Call | undefined {
  const system = textOf(span.attributes, 'messagingSystem');
  if (system === '') return undefined;
  const destination = pathTemplate(textOf(span.attributes, 'destination'));
  return {
    kind: 'publish',
    role: 'plain',
    statement: `publish ${destination === '' ? span.name : destination}`,
    fingerprint: hashOf('publish', system, destination === '' ? span.name : destination),
    parameters: attributeParameters(span.attributes),
    hasValues: true,
    isWrite: true,
    isBatch: (numberOf(span.attributes, 'messageCount') ?? 0) > 1,
    isPaged: false,
    isPipelined: false,
    entity: destination,
  };
}

function partsUrl(span: DetectSpan): string {
  const server = textOf(span.attributes, 'server');
  const path = textOf(span.attributes, 'urlPath').slice(0, URL_MAX);
  if (server === '') return '';
  const port = textOf(span.attributes, 'port');
  return `//${server}${port === '' ? '' : `:${port}`}${path}`.slice(2);
}

function queryKeys(query: string): string[] {
  if (query === '') return [];
  const keys = new Set(query.split('&').map((pair) => pair.split('=', 1)[0] ?? ''));
  keys.delete('');
  return [...keys].sort().slice(0, 16);
}
