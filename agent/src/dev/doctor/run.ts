/** `nightjar doctor -- node app.js`: runs the app with the agent until it listens, and says what is hooked and what is not. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../config.ts';
import type { Environment } from '../../settings.ts';
import { readBundle } from './bundle.ts';
import { START_FIX, diagnose } from './diagnosis.ts';
import type { ProcessFacts } from './facts.ts';
import { diagnosisTable } from './table.ts';

export interface DoctorPorts {
  /** What follows `doctor` on the command line. */
  readonly args: readonly string[];
  /** This process's own when not given. */
  readonly env?: Environment;
  readonly print: (text: string) => unknown;
  readonly warn: (text: string) => unknown;
}

const USAGE = 'Usage: nightjar doctor [--json] [--seconds=10] -- node app.js\n';
const EXIT = { fine: 0, unhooked: 1, usage: 64 } as const;
const POLL_MS = 100;
/** An app may load what it needs for its first requests after it listens. */
const SETTLE_MS = 1_000;
const KILL_AFTER_MS = 2_000;
const REGISTER = new URL(`../../register${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  .href;

/** Resolves to the exit code: 0 all that is loaded is hooked, 1 something is not, 64 wrong usage. */
export async function runDoctor({
  args,
  print,
  warn,
  env = childEnvironment(),
}: DoctorPorts): Promise<number> {
  if (args[0] === '--help' || args[0] === '-h') {
    print(USAGE);
    return EXIT.fine;
  }
  const asked = parse(args);
  if (asked === undefined) {
    warn(USAGE);
    return EXIT.usage;
  }
  const directory = mkdtempSync(join(tmpdir(), 'nightjar-doctor-'));
  try {
    const ended = await watch(asked, { directory, env });
    const facts = chosen(readFacts(directory));
    if (facts === undefined) {
      warn(`no Node process with the agent was seen${ended === undefined ? '' : `: ${ended}`}\n`);
      return EXIT.unhooked;
    }
    // What it had loaded until then is still worth saying.
    if (ended !== undefined) warn(`${ended} before the doctor was done; see its output above\n`);
    const rows = diagnose(facts, readBundle(facts.mainFile));
    const { mainFile, isStartedByApp } = facts;
    print(
      asked.isJson
        ? `${JSON.stringify({ mainFile, isStartedByApp, libraries: rows })}\n`
        : diagnosisTable(rows),
    );
    if (!asked.isJson && !isStartedByApp) print(`The agent was added by the doctor; ${START_FIX}\n`);
    return rows.some(({ status }) => status === 'not_hooked') ? EXIT.unhooked : EXIT.fine;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Asked {
  readonly command: readonly [string, ...string[]];
  readonly isJson: boolean;
  readonly seconds: number;
}

function parse(args: readonly string[]): Asked | undefined {
  const split = args.indexOf('--');
  const options = split < 0 ? args : args.slice(0, split);
  const [program, ...rest] = split < 0 ? [] : args.slice(split + 1);
  let seconds = 10;
  for (const option of options) {
    if (option === '--json') continue;
    seconds = Number(/^--seconds=(\d{1,4})$/.exec(option)?.[1] ?? Number.NaN);
    if (!(seconds >= 1)) return undefined;
  }
  if (program === undefined) return undefined;
  return { command: [program, ...rest], isJson: options.includes('--json'), seconds };
}

/** Resolves when the app has listened for a while, has ended, or has had its time. */
async function watch(
  { command: [program, ...rest], seconds }: Asked,
  { directory, env }: { readonly directory: string; readonly env: Environment },
): Promise<string | undefined> {
  const options = [env['NODE_OPTIONS'], `--import=${REGISTER}`].filter((one) => one !== undefined).join(' ');
  const isGroup = process.platform !== 'win32';
  const child = spawn(program, rest, {
    // Its output goes where it cannot be taken for the answer.
    stdio: ['pipe', 2, 2],
    detached: isGroup,
    env: { ...env, ...QUIET, NODE_OPTIONS: options, NIGHTJAR_DOCTOR_DIR: directory },
  });
  const seen: { end: string | undefined } = { end: undefined };
  child.on('error', (error) => (seen.end = error.message));
  child.on('exit', (code, signal) => (seen.end = `the command ended with ${signal ?? code}`));
  const onSignal = (): void => void (seen.end ??= 'stopped');
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const deadlineMs = performance.now() + seconds * 1e3;
  let listeningMs: number | undefined;
  while (
    seen.end === undefined &&
    performance.now() < Math.min(deadlineMs, (listeningMs ?? deadlineMs) + SETTLE_MS)
  ) {
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
    if (readFacts(directory).some(({ isListening }) => isListening)) listeningMs ??= performance.now();
  }
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  // Before we end it ourselves.
  const { end } = seen;
  await stop(child, isGroup);
  return end;
}

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

async function stop(child: ChildProcess, isGroup: boolean): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(isGroup ? -pid : pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const timer = setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS);
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  signal('SIGTERM');
  await exited;
  clearTimeout(timer);
}

/** `npm start` is a Node process too: the app is the one that listens, or else the one that has loaded most. */
function chosen(all: readonly ProcessFacts[]): ProcessFacts | undefined {
  const rank = (facts: ProcessFacts): number =>
    (facts.isListening ? 1e6 : 0) + Object.keys(facts.loaded).length;
  return all.toSorted((a, b) => rank(b) - rank(a))[0];
}

function readFacts(directory: string): readonly ProcessFacts[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  // Written by our own probe, whole or not at all.
  return files.map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as ProcessFacts);
}
