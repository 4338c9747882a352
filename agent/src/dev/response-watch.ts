/**
 * Watches one response on its way out: `Server-Timing` at its head, the panel before its `</body>`. A fault of the watcher
 * leaves the response as the app made it.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { panelHtml } from './panel.ts';
import { panelRule } from './panel-rules.ts';
import type { PanelRule } from './panel-rules.ts';
import type { RequestView } from './request-view.ts';
import { countOf } from './terminal-line.ts';

export interface WatchPorts {
  readonly view: () => RequestView | undefined;
  readonly isPanelOn: boolean;
}

export function watchResponse(response: ServerResponse, { view, isPanelOn }: WatchPorts): void {
  const writeHead = response.writeHead.bind(response);
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  let panel: PanelRule | undefined = isPanelOn ? undefined : { isWanted: false };
  let isHeadSeen = false;

  const atHead = (statusCode: number, given: OutgoingHttpHeaders | undefined): void => {
    if (isHeadSeen || response.headersSent) return;
    isHeadSeen = true;
    const seen = view();
    if (seen === undefined) return;
    const timing = serverTiming(seen);
    if (given !== undefined && hasHeader(given, 'server-timing')) addTo(given, timing);
    else response.appendHeader('Server-Timing', timing);
    panel ??= panelRule({
      method: response.req.method,
      statusCode,
      header: (name) => headerText(given, name) ?? headerText(response.getHeaders(), name),
    });
    if (!panel.isWanted) return;
    // The body changes, so what the app said of its length and its bytes is no longer so.
    for (const name of ['content-length', 'etag']) {
      response.removeHeader(name);
      for (const key of Object.keys(given ?? {})) if (key.toLowerCase() === name) delete given?.[key];
    }
  };
  const withPanel = (chunk: unknown, encoding: unknown): unknown => {
    // Not decided before the app's own listeners of the head have had their say.
    const isCandidate = panel === undefined && !response.headersSent && isHtml(response);
    if (isCandidate) response.writeHead(response.statusCode);
    if (panel?.isWanted !== true) return chunk;
    const bytes = bytesOf(chunk, encoding);
    const at = bytes?.toString('latin1').toLowerCase().lastIndexOf('</body>') ?? -1;
    if (bytes === undefined || at < 0) return chunk;
    const seen = view();
    if (seen === undefined) return chunk;
    const html = Buffer.from(panelHtml(seen, panel.nonce));
    panel = { isWanted: false };
    return Buffer.concat([bytes.subarray(0, at), html, bytes.subarray(at)]);
  };

  // Overloads cannot be kept by a pass-through: the arguments go on as they came, but for the chunk and our copy of the headers.
  Object.assign(response, {
    writeHead: (...args: unknown[]): unknown => {
      const at = args.length - 1;
      const given = args[at];
      if (Array.isArray(given)) panel ??= { isWanted: false };
      const copy = isHeaders(given) ? { ...given } : undefined;
      guarded(() => atHead(Number(args[0]), copy));
      return Reflect.apply(writeHead, undefined, copy === undefined ? args : [...args.slice(0, at), copy]);
    },
    write: (...args: unknown[]): unknown => {
      const chunk = guarded(() => withPanel(args[0], args[1])) ?? args[0];
      return Reflect.apply(write, undefined, [chunk, ...args.slice(1)]);
    },
    end: (...args: unknown[]): unknown => {
      if (args.length === 0 || typeof args[0] === 'function') return Reflect.apply(end, undefined, args);
      const chunk = guarded(() => withPanel(args[0], args[1])) ?? args[0];
      return Reflect.apply(end, undefined, [chunk, ...args.slice(1)]);
    },
  });
}

/** https://www.w3.org/TR/server-timing/ */
export function serverTiming({ queryCount, dbDurationMs }: RequestView): string {
  return `db;desc="${countOf(queryCount, 'query')}";dur=${dbDurationMs.toFixed(1)}`;
}

function guarded<Result>(step: () => Result): Result | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}

function isHtml(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).toLowerCase().startsWith('text/html');
}

function isHeaders(value: unknown): value is OutgoingHttpHeaders {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk !== 'string') return undefined;
  const isKnown = typeof encoding === 'string' && Buffer.isEncoding(encoding);
  return Buffer.from(chunk, isKnown ? encoding : 'utf8');
}

function headerText(headers: OutgoingHttpHeaders | undefined, name: string): string | undefined {
  const key = Object.keys(headers ?? {}).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : headers?.[key];
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function hasHeader(headers: OutgoingHttpHeaders, name: string): boolean {
  return headerText(headers, name) !== undefined;
}

function addTo(headers: OutgoingHttpHeaders, timing: string): void {
  const key = Object.keys(headers).find((one) => one.toLowerCase() === 'server-timing') ?? 'Server-Timing';
  headers[key] = `${headerText(headers, 'server-timing')}, ${timing}`;
}
