import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const upstreamDir = fileURLToPath(new URL('.', import.meta.url));

const installTimeoutMs = 300_000;

/** Installs the libraries and what their tests need, when they are absent or older than the lockfile. */
export default function prepare(): void {
  const done = join(upstreamDir, 'node_modules/.package-lock.json');
  const lock = join(upstreamDir, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  // Not `npm ci`: it refuses a lockfile without the optional packages of platforms that a registry does not have.
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: upstreamDir,
    env: { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
    timeout: installTimeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
