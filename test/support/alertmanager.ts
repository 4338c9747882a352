import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { tempDir } from './paths.ts';
import { until } from './poll.ts';
import { freePort, launch } from './process.ts';
import type { Needed } from './services.ts';

const run = promisify(execFile);

export interface Alertmanager {
  readonly url: string;
  /** What `amtool` prints. */
  amtool(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** A Prometheus Alertmanager of our own that groups by alertname and tells `webhookUrl`. */
export function neededAlertmanager(webhookUrl: () => string): Needed<Alertmanager> {
  return {
    name: 'Alertmanager',
    remedy: 'Install the package prometheus-alertmanager.',
    start: async () =>
      isOnPath('prometheus-alertmanager') && isOnPath('amtool') ? await start(webhookUrl()) : undefined,
  };
}

async function start(webhookUrl: string): Promise<Alertmanager> {
  const dir = tempDir('alertmanager');
  const config = join(dir.path, 'alertmanager.yml');
  writeFileSync(
    config,
    JSON.stringify({
      route: {
        receiver: 'hook',
        group_by: ['alertname'],
        group_wait: '1s',
        group_interval: '2s',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'hook', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = launch({
    command: 'prometheus-alertmanager',
    args: [
      `--config.file=${config}`,
      `--storage.path=${join(dir.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    cwd: dir.path,
  });
  await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status === 200, Boolean, {
    what: 'Alertmanager to be ready',
  });
  return {
    url,
    amtool: async (...args) =>
      (await run('amtool', [`--alertmanager.url=${url}`, ...args], { timeout: 20_000 })).stdout,
    async close() {
      await server.stop();
      dir.remove();
    },
  };
}

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => existsSync(join(dir, command)));
}
