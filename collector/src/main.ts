import { pino } from 'pino';
import type { Logger } from 'pino';
import { bannerText } from './banner.ts';
import { parseCommand, usage } from './cli.ts';
import type { Collector } from './compose/collector.ts';
import { readConfig } from './config.ts';
import { StartFailure, startErrors } from './errors.ts';
import { stopInOrder } from './lifecycle.ts';
import { version } from './package-paths.ts';

/** The `nightjar` command. Ends the process itself, with the exit code of the registry. */
export async function main(args: readonly string[]): Promise<void> {
  const command = parseCommand(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'version':
      process.stdout.write(`${version}\n`);
      return;
    case 'unknown':
      process.stderr.write(`nightjar: ${command.problem}\n\n${usage}`);
      process.exitCode = startErrors.usage.exitCode;
      return;
    case 'ci':
      await judgeTestRun(command.args);
      return;
    case 'doctor':
      await examineApp(command.args);
      return;
    case 'queues':
      await reportQueues(command.args);
      return;
    case 'rules':
      await workOnRules(command.args);
      return;
    case 'start':
      await start();
      return;
    default:
      assertNever(command);
  }
}

async function judgeTestRun(args: readonly string[]): Promise<void> {
  const { runCi } = await import('./ci/index.ts');
  process.exitCode = await runCi(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    nowMs: Date.now,
    cwd: process.cwd(),
  });
}

async function workOnRules(args: readonly string[]): Promise<void> {
  const { runRules } = await import('./rules-cli/index.ts');
  process.exitCode = await runRules(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

async function examineApp(args: readonly string[]): Promise<void> {
  const { runDoctor } = await import('@nightjar/agent/doctor');
  process.exitCode = await runDoctor({
    args,
    print: (text) => process.stdout.write(text),
    warn: (text) => process.stderr.write(text),
  });
}

async function reportQueues(args: readonly string[]): Promise<void> {
  const { runQueues } = await import('./queue-exporter/index.ts');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  process.exitCode = await runQueues(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    nowMs: Date.now,
    stop: stop.signal,
  });
}

async function start(): Promise<void> {
  const read = readConfig();
  if (read.kind === 'refused') {
    process.stderr.write(`${read.problems.join('\n')}\n`);
    process.exitCode = startErrors.config_invalid.exitCode;
    return;
  }
  const { config, warnings } = read;
  const destination = pino.destination({ fd: 2, sync: true });
  // Whoever read the log or the banner may go away; that is no reason to stop taking data.
  for (const stream of [destination, process.stdout]) stream.on('error', () => undefined);
  const log = pino({ level: config.logLevel, base: null }, destination);
  for (const warning of warnings) log.warn({}, warning);
  const stopping = listenForSignals(log);
  let collector: Collector;
  try {
    // Not before it is needed: it loads the engine, which --help can do without.
    const { composeCollector } = await import('./compose/collector.ts');
    collector = await composeCollector(config, log);
  } catch (cause) {
    reportFailedStart(cause, log);
    return;
  }
  process.stdout.write(bannerText(collector.addresses));
  log.info({ ...collector.addresses, version, pid: process.pid }, 'ready');
  const signal = await stopping;
  log.info({ signal }, 'stopping');
  const late = await stopInOrder(collector.stopSteps, log);
  log.info({ late }, 'stopped');
  process.exit(0);
}

/** Resolves on the first signal; a second one ends the process where it stands. */
async function listenForSignals(log: Logger): Promise<NodeJS.Signals> {
  const die = (cause: unknown) => {
    log.fatal({ err: cause }, 'unexpected fault');
    process.exit(startErrors.unexpected.exitCode);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  return await new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(startErrors.unexpected.exitCode);
        isStopping = true;
        resolve(signal);
      });
    }
  });
}

function reportFailedStart(cause: unknown, log: Logger): never {
  const failure = cause instanceof StartFailure ? cause : undefined;
  const code = failure?.code ?? 'unexpected';
  if (failure === undefined) log.fatal({ err: cause }, 'the collector could not start');
  else log.debug({ err: failure.cause }, 'the collector could not start');
  const what = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`nightjar: ${what}. ${startErrors[code].remedy}\n`);
  // Threads of the embedded engine may still run.
  process.exit(startErrors[code].exitCode);
}

function assertNever(value: never): never {
  throw new Error(`unreachable command ${JSON.stringify(value)}`);
}
