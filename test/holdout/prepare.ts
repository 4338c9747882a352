import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryDir } from '../support/paths.ts';

export const holdoutDir = fileURLToPath(new URL('.', import.meta.url));

const installTimeoutMs = 300_000;
const buildTimeoutMs = 120_000;

/** Installs the apps' packages when they are absent or older than the lockfile, links the agent, builds what needs it. */
export default function prepare(): void {
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
  const run = (command: string, args: readonly string[], timeout: number) =>
    execFileSync(command, args, { cwd: holdoutDir, env, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
  // Not `npm ci`: it refuses a lockfile without the optional packages of platforms that a registry does not have.
  if (!isInstalled())
    run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], installTimeoutMs);
  linkAgent();
  generatePrismaClient((args) =>
    execFileSync(process.execPath, args, {
      cwd: holdoutDir,
      // Generating needs no engine, but looks for one to download unless told where it is.
      env: { ...env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
      timeout: buildTimeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  run(
    process.execPath,
    [join(repositoryDir, 'node_modules/typescript/bin/tsc'), '-p', 'apps/typeorm'],
    buildTimeoutMs,
  );
}

function isInstalled(): boolean {
  const done = join(holdoutDir, 'node_modules/.package-lock.json');
  return (
    existsSync(done) && statSync(done).mtimeMs >= statSync(join(holdoutDir, 'package-lock.json')).mtimeMs
  );
}

/** A link, not a dependency: npm would install the agent's own packages a second time. */
function linkAgent(): void {
  const link = join(holdoutDir, 'node_modules/@nightjar/agent');
  mkdirSync(dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(join(repositoryDir, 'agent'), link, 'dir');
}

function generatePrismaClient(node: (args: readonly string[]) => void): void {
  const schema = 'apps/prisma/schema.prisma';
  const generated = join(holdoutDir, 'apps/prisma/generated/client.ts');
  const isFresh =
    existsSync(generated) && statSync(generated).mtimeMs >= statSync(join(holdoutDir, schema)).mtimeMs;
  if (!isFresh) node(['node_modules/prisma/build/index.js', 'generate', '--schema', schema]);
}
