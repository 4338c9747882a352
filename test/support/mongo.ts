import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir, tempDir } from './paths.ts';
import { until } from './poll.ts';
import { launch } from './process.ts';
import type { Needed } from './services.ts';

export interface Mongo {
  readonly url: string;
  close(): Promise<void>;
}

const pinDir = join(repositoryDir, 'test/holdout/ferretdb');
const cacheDir = join(repositoryDir, 'test/.artifacts/ferretdb');
const module = 'github.com/FerretDB/FerretDB';
const buildTimeoutMs = 900_000;

/**
 * FerretDB on SQLite: a database server with MongoDB's protocol, whose modules come from the Go module proxy. Built once,
 * kept in `test/.artifacts`; nothing is fetched again until its lockfile changes.
 */
export const neededMongo: Needed<Mongo> = {
  name: 'FerretDB',
  remedy: 'Install Go 1.22 or newer, and let it reach the module proxy once.',
  start: async () => {
    const binary = built();
    return binary === undefined ? undefined : await serve(binary);
  },
};

function built(): string | undefined {
  const lock = createHash('sha256')
    .update(readFileSync(join(pinDir, 'go.sum')))
    .digest('hex');
  const binary = join(cacheDir, `ferretdb-${lock.slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  const work = tempDir('ferretdb-build');
  try {
    for (const name of ['go.mod', 'go.sum', 'tools.go'])
      copyFileSync(join(pinDir, name), join(work.path, name));
    const go = (...args: readonly string[]): string =>
      execFileSync('go', args, {
        cwd: work.path,
        env: { ...process.env, CGO_ENABLED: '0' },
        timeout: buildTimeoutMs,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    go('mod', 'vendor');
    // A release has this file; the module, which is the tagged source, has not.
    const version = go('list', '-mod=vendor', '-m', '-f', '{{.Version}}', module);
    writeFileSync(join(work.path, 'vendor', module, 'build/version/version.txt'), version);
    go('build', '-mod=vendor', '-tags=ferretdb_no_postgresql', '-o', 'ferretdb', `${module}/cmd/ferretdb`);
    mkdirSync(cacheDir, { recursive: true });
    // Whole or not at all: two runs may build side by side.
    copyFileSync(join(work.path, 'ferretdb'), `${binary}.${process.pid}`);
    renameSync(`${binary}.${process.pid}`, binary);
    return binary;
  } catch (error) {
    console.log(`no FerretDB: ${String(error).slice(0, 500)}`);
    return undefined;
  } finally {
    work.remove();
  }
}

async function serve(binary: string): Promise<Mongo> {
  const dir = tempDir('ferretdb');
  const running = launch({
    command: binary,
    args: [
      '--handler=sqlite',
      `--sqlite-url=file:${dir.path}/`,
      `--state-dir=${dir.path}`,
      '--listen-addr=127.0.0.1:0',
      '--debug-addr=-',
      '--telemetry=disable',
    ],
    cwd: dir.path,
  });
  const address = await until(
    () => (running.hasExited() ? 'ended' : /Listening on TCP (\S+?:\d+)/.exec(running.output())?.[1]),
    (found) => found !== undefined,
    { what: 'FerretDB to listen' },
  );
  if (address === undefined || address === 'ended')
    throw new Error(`ferretdb did not start: ${running.output()}`);
  return {
    url: `mongodb://${address}/holdout`,
    async close() {
      await running.stop();
      dir.remove();
    },
  };
}
