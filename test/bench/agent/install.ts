import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tempDir } from '../../support/paths.ts';
import type { TempDir } from '../../support/paths.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

export function installPeers(): void {
  if (!existsSync(`${folder}/node_modules/newrelic`)) install(folder);
}

/** Outside of the repository, where an app finds what it has installed and nothing of ours. */
export function installApp(): TempDir {
  const app = tempDir('bench-app');
  cpSync(`${folder}/app`, app.path, { recursive: true });
  install(app.path);
  return app;
}

function install(cwd: string): void {
  process.stderr.write(`npm install in ${cwd}\n`);
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
