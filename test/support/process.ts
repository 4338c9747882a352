import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

/** Output kept of one process; the oldest goes first. */
const outputCharactersMax = 400_000;

export interface LaunchOptions {
  readonly command?: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly onLine?: (line: string) => void;
  /** Out of this process's group: a Ctrl-C in the terminal reaches this process alone. */
  readonly isDetached?: boolean;
}
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** Standard output and error, as they came. */
  output(): string;
  stdout(): string;
  /** The first JSON line with this `msg`; rejects when the process ends or time is up. */
  logged(msg: string, timeoutMs?: number): Promise<Record<string, unknown>>;
  /** Sends the signal, waits for the end, kills after the grace. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<Exit>;
}

/** Every process launched by this one that has not ended; none outlives it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function launch(options: LaunchOptions): Running {
  const child = spawn(options.command ?? process.execPath, options.args, {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.isDetached ?? false,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  running.add(child);
  const state = { output: '', stdout: '', exit: undefined as Exit | undefined };
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    let rest = '';
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      state.output = (state.output + text).slice(-outputCharactersMax);
      if (stream === 'stdout') state.stdout = (state.stdout + text).slice(-outputCharactersMax);
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        options.onLine?.(line);
        if (line.startsWith('{')) lines.push(line);
      }
      if (lines.length > 2_000) lines.splice(0, 1_000);
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    const end = (exit: Exit) => {
      running.delete(child);
      state.exit = exit;
      resolve(exit);
      for (const listener of listeners) listener();
    };
    child.once('error', (error) => {
      state.output += String(error);
      end({ code: null, signal: null });
    });
    child.once('close', (code, signal) => end({ code, signal }));
  });
  return {
    child,
    pid: child.pid ?? -1,
    exited,
    hasExited: () => state.exit !== undefined,
    output: () => state.output,
    stdout: () => state.stdout,
    logged: async (msg, timeoutMs = 30_000) =>
      await waitForLine({ msg, timeoutMs, lines, listeners, state, name: options.args.join(' ') }),
    async stop(signal = 'SIGTERM', graceMs = 15_000) {
      if (state.exit !== undefined) return state.exit;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

interface Wait {
  readonly msg: string;
  readonly timeoutMs: number;
  readonly lines: readonly string[];
  readonly listeners: Set<() => void>;
  readonly state: { readonly exit: Exit | undefined; readonly output: string };
  readonly name: string;
}

async function waitForLine(wait: Wait): Promise<Record<string, unknown>> {
  return await new Promise((resolve, reject) => {
    const finish = (outcome: () => void) => {
      clearTimeout(timer);
      wait.listeners.delete(look);
      outcome();
    };
    const fail = (why: string) =>
      finish(() =>
        reject(new Error(`${wait.name}: ${why}, never logged "${wait.msg}"\n${tail(wait.state.output)}`)),
      );
    const look = () => {
      const found = findRecord(wait.lines, wait.msg);
      if (found !== undefined) finish(() => resolve(found));
      else if (wait.state.exit !== undefined) fail(`ended with ${JSON.stringify(wait.state.exit)}`);
    };
    const timer = setTimeout(() => fail(`waited ${wait.timeoutMs} ms`), wait.timeoutMs);
    wait.listeners.add(look);
    look();
  });
}

function findRecord(lines: readonly string[], msg: string): Record<string, unknown> | undefined {
  for (const line of lines) {
    if (!line.includes(msg)) continue;
    try {
      const record: unknown = JSON.parse(line);
      if (isRecord(record) && record['msg'] === msg) return record;
    } catch {
      continue;
    }
  }
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tail(text: string): string {
  return text.slice(-4_000);
}

function environment(added: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('NIGHTJAR_') && !name.startsWith('OTEL_') && !name.startsWith('VITEST'),
  );
  const env = Object.fromEntries(inherited);
  delete env['NODE_OPTIONS'];
  delete env['NODE_ENV'];
  return { ...env, ...added };
}

/** A port that was free a moment ago, for servers that cannot take port 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
