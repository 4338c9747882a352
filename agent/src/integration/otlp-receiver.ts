import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { decodeLogs, decodePoints, decodeSpans } from './otlp-decode.ts';
import type { SentLog, SentPoint, SentSpan } from './otlp-decode.ts';

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: SentSpan[];
  readonly points: SentPoint[];
  readonly logs: SentLog[];
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startReceiver(answer: Answer = (_, response) => response.end()): Promise<OtlpReceiver> {
  const spans: SentSpan[] = [];
  const points: SentPoint[] = [];
  const logs: SentLog[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      if (request.url?.endsWith('/v1/traces') === true) spans.push(...decodeSpans(bytes));
      if (request.url?.endsWith('/v1/metrics') === true) points.push(...decodePoints(bytes));
      if (request.url?.endsWith('/v1/logs') === true) logs.push(...decodeLogs(bytes));
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    spans,
    points,
    logs,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
