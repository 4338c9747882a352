import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  readonly url: string;
  readonly client: Redis;
  readonly close: () => Promise<void>;
}

/** A throw-away server of its own: the tests write to it. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-redis-'));
  const { address, close } = await listen((_, response) => response.end());
  await close();
  const port = new URL(address).port;
  const server = spawn('redis-server', ['--port', port, '--save', '', '--dir', folder]);
  const exited = once(server, 'exit');
  let output = '';
  await new Promise<void>((resolve) => {
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
  });
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url);
  return {
    url,
    client,
    close: async () => {
      client.disconnect();
      server.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface RecordedKey {
  readonly key: string;
  readonly type: 'list' | 'set' | 'hash' | 'zset';
  readonly value:
    readonly string[] | readonly (readonly [string, number])[] | Readonly<Record<string, string>>;
}

/** Puts keys back as a real Celery and a real RQ have left them. */
export async function replay(redis: Redis, keys: readonly RecordedKey[]): Promise<void> {
  for (const { key, type, value } of keys) {
    const flat = Array.isArray(value) ? value.map(String) : [];
    if (type === 'list') await redis.rpush(key, ...flat);
    else if (type === 'set') await redis.sadd(key, ...flat);
    else if (type === 'hash') await redis.hset(key, value);
    else for (const [member, score] of value as [string, number][]) await redis.zadd(key, score, member);
  }
}

type Handler = Parameters<typeof createServer>[1];

export async function listen(
  handler: Handler,
): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const server = createServer(handler ?? (() => undefined));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
