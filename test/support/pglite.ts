import { createServer, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';

export interface PgliteServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A client may send this much before its exchange is complete. */
const exchangeBytesMax = 16 * 1024 * 1024;
const connectionsMax = 64;

const sslRequest = 80877103;
const cancelRequest = 80877102;
const query = 0x51;
const sync = 0x53;
const terminate = 0x58;

interface Exchange {
  readonly client: Client;
  readonly messages: readonly Buffer[];
}

interface Client {
  readonly socket: Socket;
  buffer: Buffer;
  hasStarted: boolean;
  open: Buffer[];
}

/**
 * PGlite is one Postgres session. Many clients share it here as whole exchanges (all messages up to Sync), never as
 * single messages, and a client inside a transaction has it alone: unnamed statements of two clients cannot mix.
 */
export async function startPglite(port = 0): Promise<PgliteServer> {
  const database = await PGlite.create();
  const queue: Exchange[] = [];
  const clients = new Set<Client>();
  const state: { holder: Client | undefined; isRunning: boolean; isClosed: boolean } = {
    holder: undefined,
    isRunning: false,
    isClosed: false,
  };

  const take = (): Exchange | undefined => {
    if (state.holder === undefined || !database.isInTransaction()) return queue.shift();
    const index = queue.findIndex((exchange) => exchange.client === state.holder);
    return index === -1 ? undefined : queue.splice(index, 1)[0];
  };
  const run = async () => {
    if (state.isRunning || state.isClosed) return;
    state.isRunning = true;
    try {
      for (let next = take(); next !== undefined; next = take()) {
        state.holder = next.client;
        await answer(database, next);
      }
    } finally {
      state.isRunning = false;
    }
  };
  const leave = (client: Client) => {
    clients.delete(client);
    if (state.isClosed) return;
    if (state.holder === client && database.isInTransaction()) {
      queue.unshift({ client, messages: [simpleQuery('ROLLBACK')] });
    }
    void run();
  };

  const server = createServer((socket) => {
    const client: Client = { socket, buffer: Buffer.alloc(0), hasStarted: false, open: [] };
    clients.add(client);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      client.buffer = Buffer.concat([client.buffer, bytes]);
      if (client.buffer.length > exchangeBytesMax) {
        socket.destroy();
        return;
      }
      for (const messages of exchanges(client)) queue.push({ client, messages });
      void run();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => leave(client));
  });
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('PGlite server has no port');
  return {
    url: `postgres://postgres@127.0.0.1:${address.port}/postgres`,
    async close() {
      state.isClosed = true;
      for (const client of clients) client.socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await database.close();
    },
  };
}

async function answer(database: PGlite, { client, messages }: Exchange): Promise<void> {
  for (const message of messages) {
    try {
      await database.execProtocolRawStream(message, {
        onRawData: (bytes) => {
          if (client.socket.writable) client.socket.write(Buffer.from(bytes));
        },
      });
    } catch {
      client.socket.destroy();
      return;
    }
  }
}

/** Cuts the client's buffer into complete exchanges; what is incomplete stays. */
function* exchanges(client: Client): Generator<readonly Buffer[]> {
  for (;;) {
    const headerBytes = client.hasStarted ? 5 : 4;
    if (client.buffer.length < headerBytes) return;
    const bytes = client.buffer.readInt32BE(headerBytes - 4) + headerBytes - 4;
    if (client.buffer.length < bytes) return;
    const message = client.buffer.subarray(0, bytes);
    client.buffer = client.buffer.subarray(bytes);
    if (!client.hasStarted) {
      if (!greet(client, message)) continue;
      yield [message];
      continue;
    }
    if (message[0] === terminate) {
      client.socket.end();
      return;
    }
    client.open.push(message);
    if (message[0] !== sync && message[0] !== query) continue;
    yield client.open;
    client.open = [];
  }
}

/** True when the message starts the session; requests for TLS are declined, those to cancel are not supported. */
function greet(client: Client, message: Buffer): boolean {
  const code = message.readInt32BE(4);
  if (code === sslRequest) client.socket.write('N');
  else if (code === cancelRequest) client.socket.end();
  else client.hasStarted = true;
  return client.hasStarted;
}

function simpleQuery(text: string): Buffer {
  const message = Buffer.alloc(text.length + 6);
  message[0] = query;
  message.writeInt32BE(text.length + 5, 1);
  message.write(text, 5, 'latin1');
  return message;
}
