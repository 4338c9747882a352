import { createServer, type IncomingMessage } from 'node:http';
import { isRecord } from './process.ts';

const bodyBytesMax = 1024 * 1024;

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
  readonly receivedAtMs: number;
}
export interface WebhookReceiver {
  readonly url: string;
  deliveries(): readonly Delivery[];
  close(): Promise<void>;
}

/** Takes what an alert channel posts and keeps it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        deliveries.push({ headers: flat(request), body, receivedAtMs: Date.now() });
        response.writeHead(200).end();
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('webhook receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    deliveries: () => deliveries,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error('body too large');
    chunks.push(chunk);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!isRecord(body)) throw new Error('body is no object');
  return body;
}

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
