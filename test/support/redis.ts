import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { tempDir } from './paths.ts';
import { until } from './poll.ts';
import { freePort, launch } from './process.ts';
import type { Needed } from './services.ts';

export interface RedisService {
  readonly url: string;
  close(): Promise<void>;
}

const pingTimeoutMs = 1_000;

/** REDIS_URL, else a redis-server of our own when one is on the PATH, else what answers on localhost:6379. */
export const neededRedis: Needed<RedisService> = {
  name: 'Redis',
  remedy: 'Set REDIS_URL, or install the package redis-server.',
  start: async () =>
    (await reachable(process.env['REDIS_URL'])) ??
    (await ownServer()) ??
    (await reachable('redis://127.0.0.1:6379')),
};

async function reachable(url: string | undefined): Promise<RedisService | undefined> {
  if (url === undefined || !(await answersPing(url))) return undefined;
  return { url, close: async () => undefined };
}

async function ownServer(): Promise<RedisService | undefined> {
  const isOnPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((dir) => existsSync(join(dir, 'redis-server')));
  if (!isOnPath) return undefined;
  const dir = tempDir('redis');
  const port = await freePort();
  const server = launch({
    command: 'redis-server',
    args: [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      dir.path,
    ],
    cwd: dir.path,
  });
  const url = `redis://127.0.0.1:${port}`;
  await until(async () => await answersPing(url), Boolean, { what: 'redis-server to answer' });
  return {
    url,
    async close() {
      await server.stop();
      dir.remove();
    },
  };
}

export async function answersPing(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: pingTimeoutMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (bytes) => end(/^[+-]/.test(bytes.toString('latin1'))));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
