import { createServer, type Server } from 'node:http';
import { freePort } from './process.ts';

export interface BadCollector {
  readonly url: string;
  /** Requests it was sent. */
  requests(): number;
  close(): Promise<void>;
}

/** Nothing listens there. */
export async function absentCollector(): Promise<BadCollector> {
  const port = await freePort();
  return { url: `http://127.0.0.1:${port}`, requests: () => 0, close: async () => undefined };
}

/** Answers 503 and wants its senders to wait. */
export async function refusingCollector(): Promise<BadCollector> {
  return await listening(
    createServer((request, response) => {
      request.resume();
      response.writeHead(503, { 'retry-after': '1' }).end();
    }),
  );
}

/** Accepts and never answers. */
export async function hangingCollector(): Promise<BadCollector> {
  return await listening(createServer((request) => request.resume()));
}

/** Answers 200 with a body that never ends. */
export async function endlessCollector(): Promise<BadCollector> {
  const chunk = Buffer.alloc(16 * 1024, 'x');
  return await listening(
    createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/x-protobuf' });
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', write);
      response.on('error', () => response.destroy());
      write();
    }),
  );
}

async function listening(server: Server): Promise<BadCollector> {
  let requests = 0;
  server.on('request', () => void (requests += 1));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
