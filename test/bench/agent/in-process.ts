/**
 * The agent's own code alone: requests with five queries of pg, without sockets, database or load beside it. Prints CPU-µs a
 * request, the first batches and the best, so that it tells on a busy machine what `run.ts` cannot. Without an agent it is
 * the base:
 * `node test/bench/agent/in-process.ts`, then `node --import ./agent/dist/register.js test/bench/agent/in-process.ts`
 */
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const BATCHES = 60;
const REQUESTS = 500;
const HEADERS = ['Host', '127.0.0.1:3000', 'Connection', 'keep-alive'];

// By `require`, as apps load it: after the agent, whatever the order of imports.
const pg = createRequire(import.meta.url)('pg') as typeof import('pg');

/** A client whose connection answers each statement with one row in the next turn of the event loop. */
class LoopClient extends pg.Client {
  constructor() {
    super({ host: '127.0.0.1', port: 5432, database: 'bench', user: 'bench' });
    const nothing = (): void => undefined;
    const connection = Object.fromEntries(
      ['on', 'once', 'ref', 'unref', 'parse', 'bind', 'describe', 'execute', 'flush', 'end'].map((name) => [
        name,
        nothing,
      ]),
    );
    Object.assign(this, {
      connection: {
        ...connection,
        stream: { cork: nothing, uncork: nothing, destroy: nothing },
        parsedStatements: {},
        submittedNamedStatements: {},
        sync: () => setImmediate(() => this.#ready()),
      },
      connect: async (callback?: unknown): Promise<void> => {
        if (typeof callback === 'function') process.nextTick(() => Reflect.apply(callback, undefined, []));
        return await Promise.resolve();
      },
      _connected: true,
      readyForQuery: true,
      _queryable: true,
    });
  }

  /** The driver's own step after an answer: not among its types. */
  #ready(): void {
    const ready: unknown = Reflect.get(this, '_handleReadyForQuery');
    if (typeof ready === 'function') Reflect.apply(ready, this, [{}]);
  }
}

const pool = new pg.Pool({ max: 10, Client: LoopClient });

async function answer(): Promise<void> {
  await pool.query('SELECT id, name, category_id FROM products WHERE id = $1', [7]);
  await pool.query('SELECT id, name FROM categories WHERE id = $1', [3]);
  for (const warehouse of [1, 2, 3])
    await pool.query('SELECT warehouse_id, quantity FROM stock WHERE product_id = $1 AND warehouse_id = $2', [
      7,
      warehouse,
    ]);
}

let whenAnswered = (): void => undefined;
const server = createServer((request, response) => {
  void answer().then(() => {
    response.end('ok');
    for (const event of ['prefinish', 'finish', 'close']) response.emit(event);
    for (const event of ['end', 'close']) request.emit(event);
    whenAnswered();
  });
});
const nothing = (): unknown => undefined;
// All that a request reads of its socket.
const socket = {
  remoteAddress: '127.0.0.1',
  remotePort: 40_000,
  on: nothing,
  once: nothing,
  removeListener: nothing,
} as unknown as Socket;

async function one(index: number): Promise<void> {
  const request = new IncomingMessage(socket);
  Object.assign(request, { method: 'GET', url: `/products/${index}`, httpVersion: '1.1' });
  Object.assign(request.headers, { host: HEADERS[1], connection: HEADERS[3] });
  await new Promise<void>((resolve) => {
    whenAnswered = resolve;
    server.emit('request', request, new ServerResponse(request));
  });
}

const figures: number[] = [];
for (let batch = 0; batch < BATCHES; batch++) {
  const before = process.cpuUsage();
  for (let index = 0; index < REQUESTS; index++) await one(index);
  const { user, system } = process.cpuUsage(before);
  figures.push((user + system) / REQUESTS);
  // Timers and sockets of the agent get their turn.
  await pause(5);
}
const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(' ');
console.log(
  `CPU-µs a request: best ${Math.min(...figures).toFixed(1)}, first batches of ${REQUESTS}: ${shown(figures.slice(0, 6))}`,
);
process.exit(0);
