import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { packageRoot, version } from './package-paths.ts';

const command = join(packageRoot, 'bin', 'nightjar.js');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function nightjar(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env, timeout: 10_000 }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      });
    });
  });
}

beforeAll(() => {
  if (!existsSync(join(packageRoot, 'dist', 'main.js'))) {
    throw new Error('These tests run the built command: npx tsc -b');
  }
});

it.each([
  [['--help'], /^Usage: nightjar \[start\]/],
  [['start', '--help'], /^Usage: nightjar/],
  [['ci', '--help'], /^Usage: nightjar ci --report/],
  [['doctor', '--help'], /^Usage: nightjar doctor/],
  [['--version'], new RegExp(`^${version}\n$`)],
])('%j prints to stdout and ends with 0', async (args, expected) => {
  const ended = await nightjar(args);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(expected);
});

it.each([
  [['strat'], 'unknown command "strat". Did you mean start?'],
  [['serve-everything-now'], 'unknown command "serve-everything-now".'],
  [['start', '--port=80'], 'start takes no "--port=80". Settings are environment variables.'],
  [['ci'], 'nightjar ci: --report <dir> is missing.'],
])('%j is a usage error: 64', async (args, problem) => {
  const ended = await nightjar(args);
  expect(ended).toMatchObject({ code: 64, stdout: '' });
  expect(ended.stderr).toContain(problem);
  expect(ended.stderr).toContain('Usage: nightjar');
});

it('names every wrong setting, no secret, and ends with 78', async () => {
  const ended = await nightjar(['start'], {
    NIGHTJAR_PORT: 'x',
    NIGHTJAR_LOGIN: 'hunter2',
    NIGHTJAR_HOST: '0.0.0.0',
  });
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toContain('NIGHTJAR_PORT=x: ');
  expect(ended.stderr).toContain('NIGHTJAR_LOGIN=(hidden): ');
  expect(ended.stderr).not.toContain('hunter2');
});

it('ends with 78 when the data directory cannot be made', async () => {
  const ended = await nightjar([], { NIGHTJAR_DATA_DIR: join(command, 'data') });
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toMatch(
    /data directory .*nightjar\.js\/data cannot be made: .* Make it writable, or set/,
  );
});
