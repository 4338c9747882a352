import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, expect, it } from 'vitest';
import { StartFailure } from './errors.ts';
import { openDataDir, stopInOrder } from './lifecycle.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-lifecycle-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function failureOf(work: () => unknown): StartFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof StartFailure) return error;
  }
  throw new Error('did not fail as expected');
}

it('makes a directory for its owner alone, and keeps its secrets', () => {
  const path = join(scratch, 'deep', 'data');
  const first = openDataDir(path);
  first.release();
  const second = openDataDir(path);
  second.release();
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(first.secrets.parameterSalt).toHaveLength(32);
  expect(second.secrets).toEqual(first.secrets);
  expect(first.secrets.parameterSalt).not.toEqual(first.secrets.loginSalt);
});

it('refuses a directory that is in use, names the process, and takes it once released', () => {
  const path = join(scratch, 'shared');
  const held = openDataDir(path);
  const failure = failureOf(() => openDataDir(path));
  expect(failure).toMatchObject({ code: 'data_dir_locked', exitCode: 69 });
  expect(failure.message).toContain(`process ${process.pid}`);
  held.release();
  openDataDir(path).release();
});

it('refuses a place where no directory can be made, instead of trying for ever', () => {
  const failure = failureOf(() => openDataDir('/proc/nightjar/data'));
  expect(failure).toMatchObject({ code: 'data_dir_unusable', exitCode: 78 });
});

it('refuses a path that is a file', () => {
  const path = join(scratch, 'file');
  writeFileSync(path, '');
  expect(failureOf(() => openDataDir(path))).toMatchObject({ code: 'data_dir_unusable', exitCode: 78 });
});

it('refuses secrets that are damaged, rather than making others, and lets the directory go', () => {
  const path = join(scratch, 'damaged');
  mkdirSync(path);
  writeFileSync(join(path, 'secrets.json'), '{"parameterSalt":"abc"}');
  expect(failureOf(() => openDataDir(path)).code).toBe('data_dir_unusable');
  expect(failureOf(() => openDataDir(path)).code).toBe('data_dir_unusable');
  expect(readFileSync(join(path, 'secrets.json'), 'utf8')).toContain('abc');
});

it('stops parts in order, and goes on past one that fails or hangs', async () => {
  const seen: string[] = [];
  const step = (name: string, stop: () => Promise<void>) => ({
    name,
    timeoutMs: 20,
    stop: async () => {
      seen.push(name);
      await stop();
    },
  });
  const failed = await stopInOrder(
    [
      step('receive', async () => undefined),
      step('journal', async () => await new Promise(() => undefined)),
      step('alerts', async () => {
        throw new Error('broken');
      }),
      step('storage', async () => undefined),
    ],
    pino({ level: 'silent' }),
  );
  expect(seen).toEqual(['receive', 'journal', 'alerts', 'storage']);
  expect(failed).toEqual(['journal', 'alerts']);
});
