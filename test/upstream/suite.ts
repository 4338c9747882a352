import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryDir } from '../support/paths.ts';
import { launch } from '../support/process.ts';
import { upstreamDir } from './prepare.ts';

/** The tests that a library ships in its own package. */
export interface Suite {
  readonly name: string;
  readonly runner: 'node:test' | 'mocha';
  readonly globs: readonly string[];
  /** Files that are not run, with the reason. */
  readonly without: Readonly<Record<string, string>>;
  /** Tests that see the agent because it is there, with the reason. Each of them fails with it, and no other. */
  readonly byDesign: Readonly<Record<string, string>>;
  readonly needsPostgres: boolean;
  /** At least so many spans come of a run with the agent: it was there. */
  readonly spansMin: number;
}

export interface RunOptions {
  /** Where spans go; undefined: without the agent. */
  readonly otlpUrl: string | undefined;
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How each test ended, by file and title. */
export type Outcomes = ReadonlyMap<string, string>;

const suiteTimeoutMs = 900_000;
const testTimeoutMs = 60_000;
const reporter = join(upstreamDir, 'node-test-reporter.mjs');
const register = pathToFileURL(join(repositoryDir, 'agent/dist/register.js')).href;

export function filesOf({ name, globs, without }: Suite): readonly string[] {
  return globSync([...globs], { cwd: join(upstreamDir, 'node_modules', name) })
    .filter((file) => !(file in without))
    .toSorted();
}

export async function runSuite(suite: Suite, { otlpUrl, files, env }: RunOptions): Promise<Outcomes> {
  const agent =
    otlpUrl === undefined
      ? {}
      : { NODE_OPTIONS: `--import=${register}`, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl };
  const chunks: string[] = [];
  const running = launch({
    args: [...argsOf(suite), ...files],
    cwd: join(upstreamDir, 'node_modules', suite.name),
    env: { ...env, ...agent },
    onLine: (line) => void (line.startsWith(MARK) && chunks.push(line.slice(MARK.length))),
  });
  const timer = setTimeout(() => void running.stop('SIGKILL'), suiteTimeoutMs);
  await running.exited;
  clearTimeout(timer);
  if (chunks.length === 0) throw new Error(`${suite.name} ran no test:\n${running.output().slice(-4_000)}`);
  return outcomesOf(chunks);
}

const MARK = '@nightjar-outcome ';

function argsOf({ runner }: Suite): readonly string[] {
  if (runner === 'mocha')
    return [
      join(upstreamDir, 'node_modules/mocha/bin/mocha.js'),
      `--reporter=${join(upstreamDir, 'mocha-reporter.cjs')}`,
      '--exit',
    ];
  return ['--test', '--test-concurrency=2', `--test-timeout=${testTimeoutMs}`, `--test-reporter=${reporter}`];
}

interface Line {
  readonly file: string;
  readonly name: string;
  readonly outcome: string;
}

/** Titles repeat: the second one of a file is another test than the first. */
function outcomesOf(lines: readonly string[]): Outcomes {
  const outcomes = new Map<string, string>();
  for (const text of lines) {
    // Written by our own reporters.
    const { file, name, outcome } = JSON.parse(text) as Line;
    let key = `${file.slice(file.indexOf('node_modules/') + 'node_modules/'.length)} ${name}`;
    while (outcomes.has(key)) key += ' again';
    outcomes.set(key, outcome);
  }
  return outcomes;
}
