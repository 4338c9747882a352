import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { z } from 'zod';
import { StartFailure } from './errors.ts';

export interface DataDir {
  readonly path: string;
  readonly statePath: string;
  readonly journalDir: string;
  readonly enginePath: string;
  readonly secrets: Secrets;
  /** Gives the directory up to the next collector. */
  release(): void;
}

/** Made once a data directory, never shown. */
export interface Secrets {
  /** Salts the hashes of statement parameters: equal values can be told apart, not guessed. 32 bytes. */
  readonly parameterSalt: Buffer;
  /** Salts the hash of the configured login. 32 bytes. */
  readonly loginSalt: Buffer;
}

/** Creates the directory where needed (0700), holds it for this process alone and reads its secrets. */
export function openDataDir(path: string): DataDir {
  try {
    makeDirectory(path);
  } catch (cause) {
    throw new StartFailure('data_dir_unusable', `data directory ${path} cannot be made: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const release = lock(path);
  try {
    return {
      path,
      statePath: join(path, 'state.sqlite'),
      journalDir: join(path, 'journal'),
      enginePath: join(path, 'clickhouse'),
      secrets: readSecrets(join(path, 'secrets.json')),
      release,
    };
  } catch (cause) {
    release();
    if (cause instanceof StartFailure) throw cause;
    throw new StartFailure('data_dir_unusable', `data directory ${path} cannot be used: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** One name at a time: told to make all of them, Node asks for ever where a file system makes none, as /proc does. */
function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let each = path; !existsSync(each); each = dirname(each)) missing.unshift(each);
  for (const each of missing) mkdirSync(each, { mode: 0o700 });
  if (!statSync(path).isDirectory()) throw new Error('it is a file');
}

/**
 * The lock is SQLite's: an advisory lock of the kernel, gone with the process however it ends, so that there is no stale
 * lock file to delete by hand. The pid beside it is only for the message.
 */
function lock(path: string): () => void {
  const pidPath = join(path, 'collector.pid');
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(join(path, 'collector.lock'), { timeout: 0 });
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    connection?.close();
    if (sqliteCode(cause) === sqliteBusy) {
      throw new StartFailure('data_dir_locked', `data directory ${path} is in use by ${holderOf(pidPath)}`, {
        cause,
      });
    }
    throw new StartFailure('data_dir_unusable', `data directory ${path} cannot be used: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const held = connection;
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  return () => {
    if (held.isOpen) held.close();
  };
}

const sqliteBusy = 5;

function sqliteCode(cause: unknown): number | undefined {
  return z.object({ errcode: z.number() }).safeParse(cause).data?.errcode;
}

function holderOf(pidPath: string): string {
  try {
    const pid = readFileSync(pidPath, 'utf8').trim();
    return /^\d+$/.test(pid) ? `another collector (process ${pid})` : 'another collector';
  } catch {
    return 'another collector';
  }
}

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const secretsFile = z.object({ parameterSalt: hex32, loginSalt: hex32 });

function readSecrets(path: string): Secrets {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (z.object({ code: z.literal('ENOENT') }).safeParse(cause).success) return makeSecrets(path);
    throw cause;
  }
  const parsed = secretsFile.parse(JSON.parse(text));
  return {
    parameterSalt: Buffer.from(parsed.parameterSalt, 'hex'),
    loginSalt: Buffer.from(parsed.loginSalt, 'hex'),
  };
}

function makeSecrets(path: string): Secrets {
  const made = { parameterSalt: randomBytes(32), loginSalt: randomBytes(32) };
  const file = openSync(`${path}.new`, 'w', 0o600);
  writeFileSync(
    file,
    JSON.stringify({
      parameterSalt: made.parameterSalt.toString('hex'),
      loginSalt: made.loginSalt.toString('hex'),
    }),
  );
  fsyncSync(file);
  closeSync(file);
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
  // Other salts after a power cut would make equal parameters look different: the name must be on disk as well.
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
  return made;
}

export interface StopStep {
  readonly name: string;
  /** What the step may take; the next one begins when it is done or late. */
  readonly timeoutMs: number;
  stop(): Promise<void>;
}

/** Runs the steps in order, each within its time. Returns the names of those that failed or were late. */
export async function stopInOrder(steps: readonly StopStep[], log: Logger): Promise<string[]> {
  const failed: string[] = [];
  for (const step of steps) {
    try {
      await within(step.timeoutMs, step.stop());
    } catch (cause) {
      failed.push(step.name);
      log.warn({ step: step.name, err: cause }, 'a part did not stop cleanly');
    }
  }
  return failed;
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
