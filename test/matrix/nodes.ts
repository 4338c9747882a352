import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { repositoryDir } from '../support/paths.ts';
import type { Needed } from '../support/services.ts';

export interface NodeBinary {
  readonly version: string;
  readonly path: string;
}

/** The oldest that the agent promises, the newest of each line that is supported, beside the one that runs the tests. */
export const otherNodes: readonly string[] = ['22.19.0', '22.23.3', '26.10.0'];

const cacheDir = join(repositoryDir, 'test/.artifacts/node');
const installTimeoutMs = 180_000;

/** Binaries from npm, kept between runs. Not among our packages: each of them would take the name `node` on the path. */
export const neededNodes: Needed<readonly NodeBinary[]> = {
  name: `Node ${otherNodes.join(', ')}`,
  remedy: 'Let npm reach its registry.',
  start: () => {
    try {
      const nodes = otherNodes.map((version) => ({ version, path: installed(version) }));
      return Promise.resolve([...nodes, { version: process.versions.node, path: process.execPath }]);
    } catch (error) {
      console.log(`no other Node: ${String(error).slice(0, 500)}`);
      return Promise.resolve(undefined);
    }
  },
};

function installed(version: string): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(cacheDir, version);
  const path = join(prefix, 'node_modules', name, 'bin/node');
  if (!existsSync(path)) {
    const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', '--prefix', prefix, ...flags, `${name}@${version}`], {
      env: { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
      timeout: installTimeoutMs,
      stdio: 'pipe',
    });
  }
  const said = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  if (said !== `v${version}`) throw new Error(`${path} is ${said}, not v${version}`);
  return path;
}
