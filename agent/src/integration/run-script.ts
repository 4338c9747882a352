import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface ScriptOptions {
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isBare?: boolean;
  /** Sent when the script has printed a line `ready`; `tookMs` counts from then. */
  readonly signal?: NodeJS.Signals;
}

const REGISTER = new URL('../register.ts', import.meta.url).href;
const APPS = fileURLToPath(new URL('../../test-apps/', import.meta.url));

/** Runs a script of the test apps until it ends. */
export async function runScript(
  file: string,
  { args = [], nodeArgs = [], env = {}, isBare = false, signal }: ScriptOptions = {},
): Promise<ScriptEnd> {
  const agent = isBare ? [] : ['--conditions=nightjar-source', '--import', REGISTER];
  const child = spawn(process.execPath, [...agent, ...nodeArgs, file, ...args], {
    cwd: APPS,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const closed = once(child, 'close');
  let startMs = performance.now();
  let stdout = '';
  let stderr = '';
  let isSignalled = signal === undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (isSignalled || !/^ready$/m.test(stdout)) return;
    isSignalled = true;
    startMs = performance.now();
    child.kill(signal);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, endSignal] = await closed;
  return { code, signal: endSignal, stdout, stderr, tookMs: performance.now() - startMs };
}
