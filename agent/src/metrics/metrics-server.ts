import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { prometheusText } from './prometheus-text.ts';

export interface MetricsServer {
  /** Undefined until it listens. */
  readonly port: () => number | undefined;
  readonly close: () => void;
}

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

export interface MetricsSource {
  readonly collect: () => Promise<ResourceMetrics | undefined>;
  readonly warn: (sentence: string) => void;
}

const HEAD_BYTES_MAX = 8_192;
const SOCKETS_MAX = 8;
const SOCKET_TIMEOUT_MS = 5_000;

/**
 * Answers `GET /metrics` and nothing else. On plain sockets, not `node:http`: its requests are no spans of the app, and there
 * is no URL to parse that could throw (GHSA-q7rr-3cgh-j5r3 ended processes that way). It keeps no process alive; a port
 * that is taken costs one line on stderr.
 */
export function serveMetrics(
  { host, port }: MetricsAddress,
  { collect, warn }: MetricsSource,
): MetricsServer {
  const server: Server = createServer({ noDelay: true }, (socket) => answer(socket, collect));
  server.maxConnections = SOCKETS_MAX;
  server.on('error', (error) =>
    warn(`own metrics cannot be served at ${host}:${port}: ${error.message}; set NIGHTJAR_METRICS_PORT`),
  );
  server.listen(port, host).unref();
  return {
    port: () => (server.listening ? (server.address() as AddressInfo).port : undefined),
    close: () => void server.close(),
  };
}

function answer(socket: Socket, collect: MetricsSource['collect']): void {
  socket.unref();
  socket.setTimeout(SOCKET_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  let head = '';
  const onData = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (head.length > HEAD_BYTES_MAX) return void socket.end(reply('431 Request Header Fields Too Large'));
    if (!head.includes('\r\n\r\n') && !head.includes('\n\n')) return;
    socket.off('data', onData).resume();
    void respond(head, collect).then((text) => socket.end(text));
  };
  socket.on('data', onData);
}

async function respond(head: string, collect: MetricsSource['collect']): Promise<string> {
  const [method, target = ''] = head.split(/[ \r\n]/, 2);
  if (method !== 'GET' && method !== 'HEAD') return reply('405 Method Not Allowed');
  if (target !== '/metrics' && !target.startsWith('/metrics?')) return reply('404 Not Found');
  try {
    const metrics = await collect();
    const body = metrics === undefined ? '' : prometheusText(metrics);
    return reply('200 OK', { body, isHead: method === 'HEAD' });
  } catch {
    return reply('500 Internal Server Error');
  }
}

function reply(status: string, { body = `${status}\n`, isHead = false } = {}): string {
  return [
    `HTTP/1.1 ${status}`,
    'content-type: text/plain; version=0.0.4; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    isHead ? '' : body,
  ].join('\r\n');
}
