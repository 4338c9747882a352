import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A real app in a real process, started as a user would but from the agent's sources. */
export interface RunningApp {
  /** Address it printed when it was ready. */
  readonly url: string;
  readonly output: () => string;
  /** Asks the app to end by itself: its standard input closes. */
  readonly end: () => Promise<AppEnd>;
  readonly signal: (signal: NodeJS.Signals) => Promise<AppEnd>;
}

export interface AppEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tookMs: number;
}

export interface AppOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly isBare?: boolean;
}

const REGISTER = new URL('../register.ts', import.meta.url).href;
const APPS = fileURLToPath(new URL('../../test-apps/', import.meta.url));

export async function startApp(
  file: string,
  { env = {}, args = [], isBare = false }: AppOptions = {},
): Promise<RunningApp> {
  const agent = isBare ? [] : ['--conditions=nightjar-source', '--import', REGISTER];
  const child = spawn(process.execPath, [...agent, ...args, file], {
    cwd: APPS,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  let output = '';
  const exited = once(child, 'exit');
  const url = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const ready = /^ready (\S+)$/m.exec(output)?.[1];
      if (ready !== undefined) resolve(ready);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const ended = exited.then(() => {
    throw new Error(`${file} ended before it was ready:\n${output}`);
  });
  const end = async (ask: () => void): Promise<AppEnd> => {
    const startMs = performance.now();
    ask();
    const [code, signal] = await exited;
    return { code, signal, tookMs: performance.now() - startMs };
  };
  const running: RunningApp = {
    url: await Promise.race([url, ended]),
    output: () => output,
    end: () => end(() => child.stdin.end()),
    signal: (signal) => end(() => child.kill(signal)),
  };
  ended.catch(() => undefined);
  return running;
}
