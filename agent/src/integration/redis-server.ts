import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A throw-away Redis of its own: the tests write to it. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-redis-'));
  const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder]);
  const exited = once(redis, 'exit');
  let output = '';
  await new Promise<void>((resolve) => {
    redis.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    port,
    close: async () => {
      redis.kill();
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
