import { parseArgs } from 'node:util';

export type RulesCommand =
  | {
      readonly kind: 'check';
      readonly dir: string;
      readonly url: URL | undefined;
      readonly isStrict: boolean;
    }
  | { readonly kind: 'test'; readonly dir: string }
  | { readonly kind: 'plan'; readonly dir: string; readonly url: URL; readonly days: number }
  | {
      readonly kind: 'backtest';
      /** uid of a rule. */
      readonly rule: string;
      /** Where the rule is; absent: the one that runs. */
      readonly dir: string | undefined;
      readonly url: URL;
      readonly days: number;
      readonly isJson: boolean;
    }
  | { readonly kind: 'export'; readonly url: URL };

export type RulesArguments =
  | { readonly kind: 'command'; readonly command: RulesCommand }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string };

export const daysMax = 90;

export const rulesUsage = `Usage: nightjar rules <command>

  check <dir> [--url <url>] [--strict]
        what is wrong with the rules of a folder, with file and line; with --url also what the
        collector has no data for. --strict fails on warnings too
  test <dir>
        run the tests that the rules carry, through the real engine in virtual time
  plan <dir> --url <url> [--days <n>]
        what differs from the rules that run, and when the changed ones would have fired     7 days
  backtest <uid> --url <url> [--dir <dir>] [--days <n>] [--json]
        when a rule would have fired: the one that runs, or that of a folder                 14 days
  export --url <url>
        the rules made in the dashboard, as YAML

A login goes into the address: --url http://user:password@host:3400

Exit codes: 0 in order, 1 a problem, a failed test or a difference that cannot be previewed, 64 wrong usage or
unusable input, 69 collector unreachable.
`;

export function parseRulesArguments(args: readonly string[]): RulesArguments {
  const parsed = parsedOf(args);
  if (typeof parsed === 'string') return { kind: 'refused', problem: parsed };
  const { values, positionals } = parsed;
  const [name, target, ...more] = positionals;
  if (values.help === true || name === undefined || name === 'help') return { kind: 'help' };
  const refuse = (problem: string): RulesArguments => ({ kind: 'refused', problem });
  if (more.length > 0) return refuse(`${JSON.stringify(more[0])} is one argument too many.`);
  const url = urlOf(values.url);
  if (typeof url === 'string') return refuse(url);
  const days = daysOf(values.days, name === 'plan' ? 7 : 14);
  if (typeof days === 'string') return refuse(days);
  const command = commandOf({ name, target, url, days, values });
  return typeof command === 'string' ? refuse(command) : { kind: 'command', command };
}

interface Given {
  readonly name: string;
  readonly target: string | undefined;
  readonly url: URL | undefined;
  readonly days: number;
  readonly values: Parsed['values'];
}

function commandOf({ name, target, url, days, values }: Given): RulesCommand | string {
  const noFolder = `${name} needs a folder: nightjar rules ${name} <dir>.`;
  const noUrl = `${name} needs the address of a collector: --url http://127.0.0.1:3400.`;
  switch (name) {
    case 'check':
      if (target === undefined) return noFolder;
      return { kind: 'check', dir: target, url, isStrict: values.strict ?? false };
    case 'test':
      return target === undefined ? noFolder : { kind: 'test', dir: target };
    case 'plan':
      if (target === undefined) return noFolder;
      return url === undefined ? noUrl : { kind: 'plan', dir: target, url, days };
    case 'backtest':
      if (target === undefined) return 'backtest needs the uid of a rule: nightjar rules backtest <uid>.';
      if (url === undefined) return noUrl;
      return { kind: 'backtest', rule: target, dir: values.dir, url, days, isJson: values.json ?? false };
    case 'export':
      if (target !== undefined) return `export takes no ${JSON.stringify(target)}.`;
      return url === undefined ? noUrl : { kind: 'export', url };
    default:
      return `unknown command ${JSON.stringify(name)}.`;
  }
}

function urlOf(text: string | undefined): URL | string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url : '--url is not an http or https address.';
}

function daysOf(text: string | undefined, usual: number): number | string {
  if (text === undefined) return usual;
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= daysMax
    ? days
    : `--days is not a number from 1 to ${daysMax}.`;
}

function parsedOf(args: readonly string[]): Parsed | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true });
  } catch (error) {
    // Its messages name the argument and are made for the user.
    return error instanceof Error ? error.message : String(error);
  }
}

const OPTIONS = {
  url: { type: 'string' },
  dir: { type: 'string' },
  days: { type: 'string' },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
