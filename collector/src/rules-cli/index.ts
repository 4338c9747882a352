import { parseRulesArguments, rulesUsage } from './arguments.ts';
import type { RulesCommand } from './arguments.ts';
import { backtestRule } from './backtest.ts';
import { checkRules } from './check.ts';
import { connect } from './collector-client.ts';
import { RulesFailure } from './failure.ts';
import { planRules } from './plan.ts';
import { previewText } from './preview-text.ts';
import { readFolder } from './read-folder.ts';
import { testRules } from './test-rules.ts';

export interface RulesPorts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** `nightjar rules`. Resolves to the exit code; never rejects for what the user can mend. */
export async function runRules(args: readonly string[], ports: RulesPorts): Promise<number> {
  const parsed = parseRulesArguments(args);
  if (parsed.kind === 'refused') {
    ports.err(`nightjar rules: ${parsed.problem}\n\n${rulesUsage}`);
    return 64;
  }
  if (parsed.kind === 'help') {
    ports.out(rulesUsage);
    return 0;
  }
  try {
    return await run(parsed.command, ports);
  } catch (failure) {
    if (!(failure instanceof RulesFailure)) throw failure;
    ports.err(`nightjar rules: ${failure.message}.\n`);
    return failure.exitCode;
  }
}

async function run(command: RulesCommand, ports: RulesPorts): Promise<number> {
  switch (command.kind) {
    case 'check':
      return await check(command, ports);
    case 'test':
      return await test(command.dir, ports);
    case 'plan': {
      const folder = await readFolder(command.dir);
      for (const { file, line, message } of folder.problems)
        ports.err(`${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
      // A rule that cannot be read would look like one that was removed.
      if (folder.problems.length > 0) return 1;
      const client = await connect(command.url);
      const { text, isComplete } = await planRules(folder.rules, { client, days: command.days });
      ports.out(text);
      return isComplete ? 0 : 1;
    }
    case 'backtest': {
      const client = await connect(command.url);
      const { rule: uid, dir, days, isJson } = command;
      const preview = await backtestRule({ uid, dir, days, client });
      ports.out(isJson ? `${JSON.stringify(preview, null, 2)}\n` : previewText(preview));
      return 0;
    }
    case 'export':
      ports.out(await (await connect(command.url)).exportRules());
      return 0;
    default:
      return assertNever(command);
  }
}

async function check(
  command: Extract<RulesCommand, { kind: 'check' }>,
  { out }: RulesPorts,
): Promise<number> {
  const { dir, url, isStrict } = command;
  const folder = await readFolder(dir);
  const client = url === undefined ? undefined : await connect(url);
  const lines = await checkRules({ dir, folder, client });
  for (const { level, place, message } of lines) out(`${place}: ${level}: ${message}\n`);
  const errors = lines.filter(({ level }) => level === 'error').length;
  const warnings = lines.length - errors;
  out(`${folder.rules.length} rules, ${errors} errors, ${warnings} warnings.\n`);
  return errors > 0 || (isStrict && warnings > 0) ? 1 : 0;
}

async function test(dir: string, { out, err }: RulesPorts): Promise<number> {
  const folder = await readFolder(dir);
  for (const { file, line, message } of folder.problems)
    err(`${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
  const tested = await testRules(dir, folder);
  for (const { place, rule, test: name, problems } of tested) {
    if (problems.length === 0) continue;
    out(`${place}: ${rule}: ${name}\n`);
    for (const problem of problems) out(`    ${problem}\n`);
  }
  const failed = tested.filter(({ problems }) => problems.length > 0).length;
  const without = folder.rules.filter(({ tests }) => tests === undefined || tests.length === 0).length;
  out(`${tested.length - failed} passed, ${failed} failed, ${without} rules without a test.\n`);
  return failed > 0 || folder.problems.length > 0 ? 1 : 0;
}

function assertNever(value: never): never {
  throw new Error(`unreachable command ${JSON.stringify(value)}`);
}
