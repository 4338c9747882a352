import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RabbitServer {
  readonly url: string;
  readonly managementUrl: string;
  readonly close: () => Promise<void>;
}

const BINARY = '/usr/lib/rabbitmq/bin/rabbitmq-server';
export const hasRabbit = spawnSync('test', ['-x', BINARY]).status === 0;

/** A broker of its own, with a port mapper of its own, which Erlang would leave running for good. */
export async function startRabbit(): Promise<RabbitServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-rabbit-'));
  const [port = 0, management, distribution, mapper] = await Promise.all(Array.from({ length: 4 }, freePort));
  const mapperEnv = { PATH: process.env['PATH'], ERL_EPMD_PORT: String(mapper) };
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n');
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${port}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = ${management}\n`,
  );
  const broker = spawn(BINARY, [], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...mapperEnv,
      HOME: folder,
      RABBITMQ_NODENAME: `nightjar${port}@localhost`,
      RABBITMQ_MNESIA_BASE: folder,
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_DIST_PORT: String(distribution),
    },
  });
  const exited = once(broker, 'exit');
  let output = '';
  await Promise.race([
    new Promise<void>((resolve) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (/Server startup complete/.test(output)) resolve();
      };
      broker.stdout.on('data', read);
      broker.stderr.on('data', read);
    }),
    exited.then(() => {
      throw new Error(`rabbitmq-server ended:\n${output}`);
    }),
  ]);
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    managementUrl: `http://guest:guest@127.0.0.1:${management}`,
    close: async () => {
      broker.kill('SIGTERM');
      await exited;
      spawnSync('epmd', ['-kill'], { env: mapperEnv });
      await rm(folder, { recursive: true, force: true });
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
