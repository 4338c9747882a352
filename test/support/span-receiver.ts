import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { DetectSpan } from '@nightjar/agent/detect';
import { decodeReceived } from './span-decode.ts';

/** A span as it came over OTLP, in the engine's words. */
export interface ReceivedSpan extends DetectSpan {
  readonly traceId: string;
  readonly events: readonly ReceivedEvent[];
}
export interface ReceivedEvent {
  readonly name: string;
  readonly attributes: DetectSpan['attributes'];
}

export interface SpanReceiver {
  readonly url: string;
  /** What came so far, in order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

/** Takes OTLP/HTTP protobuf as a collector would and keeps the spans; every other signal is read and forgotten. */
export async function startSpanReceiver(): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const isGzip = request.headers['content-encoding'] === 'gzip';
      if (request.url === '/v1/traces') spans.push(...decodeReceived(isGzip ? gunzipSync(body) : body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
